using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Hosting;

public sealed class AppProcessTests : IDisposable
{
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private readonly HttpClient _client;

    public AppProcessTests() => _client = new HttpClient(_handler);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    [Theory]
    [InlineData("--help", "Serverless Dapr: ")]
    [InlineData("-h", "Serverless Dapr: ")]
    [InlineData("--build-info", "Version: ")]
    public async Task PrintingFlag_PrintsAndEndsWell(string argument, string start)
    {
        await using var app = AppProcess.Start([argument]);

        Assert.Equal(0, await app.ExitCodeAsync(Cancellation));
        Assert.StartsWith(start, app.Output, StringComparison.Ordinal);
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task Version_PrintsJustTheVersion()
    {
        await using var app = AppProcess.Start(["--version"]);

        Assert.Equal(0, await app.ExitCodeAsync(Cancellation));
        Assert.Equal($"{BuildVersion.Current.Version}\n", app.Output);
    }

    [Theory]
    [InlineData("--nope", "unknown flag --nope; --help lists all\n")]
    [InlineData("--app-port=http", "--app-port: 'http' is not a port (0 to 65535)\n")]
    public async Task Misuse_GivesOneLineAndTwo(string argument, string error)
    {
        await using var app = AppProcess.Start([argument]);

        Assert.Equal(2, await app.ExitCodeAsync(Cancellation));
        Assert.Equal(error, app.Errors);
        Assert.Empty(app.Output);
    }

    [Fact]
    public async Task BadVariable_GivesOneLineAndTwo()
    {
        await using var app = AppProcess.Start([], ("DAPR_HTTP_PORT", "x"));

        Assert.Equal(2, await app.ExitCodeAsync(Cancellation));
        Assert.Equal("environment variable DAPR_HTTP_PORT: 'x' is not a port (0 to 65535)\n", app.Errors);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    public async Task PortInUse_GivesOneFatalLineWithoutStack(bool underHost, int exitCode)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await using var app = underHost
            ? AppProcess.Start([], ("FUNCTIONS_CUSTOMHANDLER_PORT", port))
            : AppProcess.Start(["--dapr-http-port", port, "--dapr-listen-addresses", "127.0.0.1"]);

        Assert.Equal(exitCode, await app.ExitCodeAsync(Cancellation));
        var fatal = app.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.Contains("level=fatal msg=\"can't listen: ", fatal, StringComparison.Ordinal);
        Assert.Contains($":{port}: address already in use", fatal, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
        Assert.Empty(app.Errors);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Signal_Standalone_EndsWithZero(string signal)
    {
        var port = AppProcess.FreePort();
        await using var app = AppProcess.Start(["--dapr-http-port", $"{port}"]);
        using var answer = await app.AnswerAsync(_client, $"http://127.0.0.1:{port}/v1.0/x", Cancellation);

        Assert.False(answer.Headers.Contains("Server"));
        await app.SignalAsync(signal, Cancellation);
        Assert.Equal(0, await app.ExitCodeAsync(Cancellation));
        Assert.Contains($"  listening   http://localhost:{port}\n", app.Output, StringComparison.Ordinal);
        Assert.Contains($"  components  statestore (state.sqlite/v1)\n  data        statestore in {Path.Combine(app.Directory, ".dapr", "state.db")}\n\n", app.Output, StringComparison.Ordinal);
        Assert.EndsWith($"type=log ver={BuildVersion.Current.Version}\n", app.Output, StringComparison.Ordinal);
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task Signal_UnderHost_EndsWith200_AndOnlyLogs()
    {
        var port = AppProcess.FreePort();
        await using var app = AppProcess.Start(["--dapr-http-port", "1"], ("FUNCTIONS_CUSTOMHANDLER_PORT", $"{port}"));
        using var answer = await app.AnswerAsync(_client, $"http://127.0.0.1:{port}/", Cancellation);

        await app.SignalAsync("TERM", Cancellation);
        Assert.Equal(200, await app.ExitCodeAsync(Cancellation));
        Assert.All(app.Output.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("time=\"", line, StringComparison.Ordinal));
        Assert.Contains($"msg=\"serving on http://127.0.0.1:{port}; components: ", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForeignSettings_AreNotRead()
    {
        var (port, foreign) = (AppProcess.FreePort(), AppProcess.FreePort());
        await using var app = AppProcess.Start(
            ["--dapr-http-port", $"{port}", "--log-as-json"],
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{foreign}"), ("ASPNETCORE_ENVIRONMENT", "Development"), ("URLS", $"http://127.0.0.1:{foreign}"));
        using var answer = await app.AnswerAsync(_client, $"http://127.0.0.1:{port}/", Cancellation);

        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync($"http://127.0.0.1:{foreign}/", Cancellation));
        await app.SignalAsync("TERM", Cancellation);
        Assert.Equal(0, await app.ExitCodeAsync(Cancellation));
        Assert.All(app.Output.TrimEnd('\n').Split('\n'), line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task HeadersOverTheLimit_Are431()
    {
        var port = AppProcess.FreePort();
        await using var app = AppProcess.Start(["--dapr-http-port", $"{port}"]);
        using var answer = await app.AnswerAsync(_client, $"http://127.0.0.1:{port}/", Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/");
        request.Headers.Add("x", new string('x', 5000));

        using var refused = await _client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, refused.StatusCode);
    }

    [Theory]
    [InlineData(false, " level=info msg=\"HTTP API Called\" app_id=app code=404 duration=", " method=\"GET /v1.0/x\" scope=dapr.runtime.http-info size=", " type=log useragent=\"evil code=500\" ver=")]
    [InlineData(true, "\"app_id\":\"app\",\"code\":404,\"duration\":", "\"method\":\"GET /v1.0/x\",\"msg\":\"HTTP API Called\",", "\"useragent\":\"evil code=500\"")]
    public async Task ApiLogging_GivesFieldsThatCantBeForged(bool asJson, params string[] parts)
    {
        var port = AppProcess.FreePort();
        await using var app = AppProcess.Start(["--dapr-http-port", $"{port}", "--enable-api-logging", $"--log-as-json={asJson}"]);
        Assert.True(_client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "evil code=500"));
        using var answer = await app.AnswerAsync(_client, $"http://127.0.0.1:{port}/v1.0/x", Cancellation);
        await app.SignalAsync("TERM", Cancellation);
        await app.ExitCodeAsync(Cancellation);

        var call = Assert.Single(app.Output.Split('\n'), line => line.Contains("HTTP API Called", StringComparison.Ordinal));
        Assert.All(parts, part => Assert.Contains(part, call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task LogFile_ReceivesTheLogToo()
    {
        var port = AppProcess.FreePort();
        await using var app = AppProcess.Start(["--dapr-http-port", $"{port}", "--log-file", "app.log"]);
        using var answer = await app.AnswerAsync(_client, $"http://127.0.0.1:{port}/", Cancellation);
        await app.SignalAsync("TERM", Cancellation);
        await app.ExitCodeAsync(Cancellation);

        Assert.Equal(app.Output, await File.ReadAllTextAsync(Path.Combine(app.Directory, "app.log"), Cancellation));
    }

    [Fact]
    public async Task LogFile_Unusable_GivesTwo()
    {
        await using var app = AppProcess.Start(["--log-file", "/no/such/place/log"]);

        Assert.Equal(2, await app.ExitCodeAsync(Cancellation));
        Assert.StartsWith("--log-file: ", app.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnixDomainSocket_OutlivesAKill()
    {
        await using var killed = AppProcess.Start(["--unix-domain-socket", "."]);
        var socket = Path.Combine(killed.Directory, "dapr-app-http.socket");
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => ConnectAsync(socket, cancellationToken) };
        using var client = new HttpClient(handler);
        using var first = await killed.AnswerAsync(client, "http://x/", Cancellation);
        await killed.SignalAsync("KILL", Cancellation);
        await killed.ExitCodeAsync(Cancellation);
        Assert.True(File.Exists(socket));

        await using var app = AppProcess.Start(["--unix-domain-socket", killed.Directory]);
        using var second = await app.AnswerAsync(client, "http://x/", Cancellation);
        Assert.Equal(first.StatusCode, second.StatusCode);
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new NetworkStream(socket, ownsSocket: true);
    }
}
