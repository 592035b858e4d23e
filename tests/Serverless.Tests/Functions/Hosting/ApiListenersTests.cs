using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Hosting;

public sealed class ApiListenersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("[::1]", true)]
    [InlineData("LocalHost", true)]
    [InlineData("example.org", false)]
    [InlineData("", false)]
    public void IsAddress_TakesWhatOneCanListenOn(string address, bool expected) => Assert.Equal(expected, ApiListeners.IsAddress(address));

    [Theory]
    [InlineData(false, 4096, 4096, 8192)]
    [InlineData(false, 65536, 65536, 65536)]
    [InlineData(false, 1 << 20, 1 << 20, 1 << 20)]
    [InlineData(true, 4096, 32768, 32768)]
    public void Configure_SetsTheLimits(bool underHost, int readBuffer, int headers, int line)
    {
        var server = new KestrelServerOptions();
        ApiListeners.Configure(server, new RuntimeOptions { UnderHost = underHost, ReadBufferSize = readBuffer, HttpPort = 3500 });

        Assert.Equal((headers, line), (server.Limits.MaxRequestHeadersTotalSize, server.Limits.MaxRequestLineSize));
        Assert.Null(server.Limits.MaxRequestBodySize);
        Assert.Equal(TimeSpan.FromSeconds(10), server.Limits.RequestHeadersTimeout);
        Assert.InRange(server.Limits.KeepAliveTimeout, TimeSpan.FromDays(30), TimeSpan.FromDays(3650));
        Assert.False(server.AddServerHeader);
    }

    [Fact]
    public async Task Listens_WhereTold_AndKnowsThePublicPort()
    {
        var options = new RuntimeOptions
        {
            HttpPort = AppProcess.FreePort(), ListenAddresses = ["localhost", "127.0.0.2"], PublicPort = AppProcess.FreePort(), PublicListenAddress = "127.0.0.1",
        };
        await using var app = await new ApiHost().BuildAsync(options, NullLoggerFactory.Instance, Cancellation);
        app.Run(context => context.Response.WriteAsync($"{ApiListeners.IsPublic(context, options)}", context.RequestAborted));
        await app.StartAsync(Cancellation);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler);

        Assert.Equal("False", await client.GetStringAsync($"http://127.0.0.1:{options.HttpPort}/", Cancellation));
        Assert.Equal("False", await client.GetStringAsync($"http://127.0.0.2:{options.HttpPort}/", Cancellation));
        Assert.Equal("True", await client.GetStringAsync($"http://127.0.0.1:{options.PublicPort}/", Cancellation));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.3:{options.HttpPort}/", Cancellation));
    }

    [Theory]
    [InlineData("::1", "localhost")]
    [InlineData("LOCALHOST", "127.0.0.1", "localhost")]
    [InlineData("127.0.0.1", "127.0.0.2", "127.0.0.1", "localhost")]
    [InlineData("::1", "[::1]", "0:0::1")]
    public async Task Listens_OnEachAddressOnce(params string[] addresses)
    {
        var options = new RuntimeOptions { HttpPort = AppProcess.FreePort(), ListenAddresses = addresses };
        await using var app = await new ApiHost().BuildAsync(options, NullLoggerFactory.Instance, Cancellation);
        app.Run(_ => Task.CompletedTask);
        await app.StartAsync(Cancellation);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler);
        foreach (var address in addresses)
        {
            using var answer = await client.GetAsync($"http://{(IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : address)}:{options.HttpPort}/", Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task IdleConnection_OutlivesTheServersTimeouts()
    {
        await using var app = await new ApiHost().BuildAsync(new RuntimeOptions { HttpPort = 0, ListenAddresses = ["127.0.0.1"] }, NullLoggerFactory.Instance, Cancellation);
        app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
        app.Run(_ => Task.CompletedTask);
        await app.StartAsync(Cancellation);
        var address = new Uri(ApiHost.Addresses(app).Single());
        using var idle = new TcpClient(address.Host, address.Port);
        using var slow = new TcpClient(address.Host, address.Port);
        var buffer = new byte[64];

        // The server's timer has ticked once it gives up the request that never ends.
        await slow.GetStream().WriteAsync("GET"u8.ToArray(), Cancellation);
        Assert.StartsWith("HTTP/1.1 408 ", Encoding.ASCII.GetString(buffer, 0, await slow.GetStream().ReadAsync(buffer, Cancellation)), StringComparison.Ordinal);
        await idle.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancellation);

        Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString(buffer, 0, await idle.GetStream().ReadAsync(buffer, Cancellation)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speaks_OnlyHttp1()
    {
        await using var app = await new ApiHost().BuildAsync(new RuntimeOptions { HttpPort = 0, ListenAddresses = ["localhost"] }, NullLoggerFactory.Instance, Cancellation);
        app.Run(_ => Task.CompletedTask);
        await app.StartAsync(Cancellation);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(ApiHost.Addresses(app).Single(), Cancellation));
    }
}
