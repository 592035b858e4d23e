using System.Net;
using System.Net.Sockets;
using System.Text;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Http;

/// <summary>What callers and logs see when a request can't be answered as planned.</summary>
public sealed class RequestFailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deadline_BehindTheHost_Answers504()
    {
        var (server, store) = await StateServer.StartAsync(new RuntimeOptions { RequestTimeout = TimeSpan.FromMilliseconds(100) });
        await using var owned = server;
        store.BeforeGet = token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        var response = await server.GetAsync("/v1.0/state/store/k");
        Assert.Equal(504, response.Status);
        Assert.Contains("took longer than", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallerGone_WhileTheStoreWorks_IsNoErrorInTheLog()
    {
        using var log = new LogCapture();
        await using var server = await ApiServer.StartAsync(loggers: log);
        var store = new FakeStateStore();
        StateServer.AddStore(server, "store", store);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.BeforeGet = async token =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }
            finally
            {
                cancelled.TrySetResult();
            }
        };
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, server.Port, Token);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /v1.0/state/store/k HTTP/1.1\r\nHost: x\r\n\r\n"), Token);
        }

        await cancelled.Task.WaitAsync(Token);
        Assert.DoesNotContain(log.Messages, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[{\"key\":\"a\"},]")]
    [InlineData("[{\"key\":a}]")]
    [InlineData("[{\"key\":\"a\" \"b\"}]")]
    public async Task BadJson_Message_SpeaksNotOfTheReadersSettings(string body)
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", "/v1.0/state/store", body);
        Assert.Equal(400, response.Status);
        Assert.Contains("invalid JSON at line 1, byte", response.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("reader", response.Body, StringComparison.Ordinal);
    }
}
