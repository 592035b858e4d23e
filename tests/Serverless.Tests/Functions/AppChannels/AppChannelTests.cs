using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serverless.Backends.Apps;
using Serverless.Backends.Network;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.AppChannels;

public sealed class AppChannelTests : IAsyncLifetime
{
    private RecordingApp _app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await RecordingApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("orders", "/orders")]
    [InlineData("a/b//c", "/a/b//c")]
    [InlineData("a:b/c", "/a:b/c")]
    [InlineData("a b/ü", "/a%20b/%C3%BC")]
    [InlineData("a%2Fb", "/a%2Fb")]
    [InlineData("http://elsewhere/x", "/http://elsewhere/x")]
    public async Task Path_IsBelowTheBaseWhateverItLooksLike(string path, string expected)
    {
        using var channel = Channel();
        await channel.SendAsync(Post(path), Cancel);

        Assert.Equal(expected, Assert.Single(_app.Requests).Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/api/v2")]
    [InlineData("/api/v2/")]
    public async Task AppUrl_PrefixStandsBeforeThePath_AndBeatsThePort(string prefix)
    {
        using var channel = AppChannel.Create(new RuntimeOptions { AppUrl = $"http://127.0.0.1:{_app.Port}{prefix}", AppPort = 1, AppProtocol = "grpc" })!;
        await channel.SendAsync(Post("orders"), Cancel);

        Assert.Equal($"{prefix.TrimEnd('/')}/orders", Assert.Single(_app.Requests).Path);
    }

    [Fact]
    public async Task Call_CarriesBodyTypeHeadersAndToken()
    {
        using var channel = Channel(new RuntimeOptions { AppApiToken = "secret" });
        await channel.SendAsync(
            Post("orders") with { Body = "hé"u8.ToArray(), Headers = [new("Name", "grün €"), new("Expires", "soon"), new("dapr-api-token", "forged")] }, Cancel);

        var request = Assert.Single(_app.Requests);
        Assert.Equal(("POST", "hé"), (request.Method, request.Text));
        Assert.Equal(("application/json", "grün €", "soon", "secret"), (request.Header("Content-Type"), request.Header("Name"), request.Header("Expires"), request.Header("dapr-api-token")));
        Assert.Equal("3", request.Header("Content-Length"));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(299, true)]
    [InlineData(301, false)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public async Task Answer_IsGivenAsItIs_RedirectsToo(int status, bool isSuccess)
    {
        _app.Script = (_, _) => Task.FromResult(status == 204 ? new AppReply(status) : AppReply.Json("{}", status));
        using var channel = Channel();

        var answer = await channel.SendAsync(Post("x"), Cancel);

        Assert.Equal((status, isSuccess, status == 204 ? "" : "{}", status != 204), (answer.Status, answer.IsSuccess, Encoding.UTF8.GetString(answer.Body.Span), answer.IsJson));
        Assert.Single(_app.Requests);
    }

    [Fact]
    public async Task LargeAnswer_IsRefused_AndTheNextCallWorks()
    {
        _app.Script = (request, _) => Task.FromResult(new AppReply(200) { Body = new byte[request.Path == "/large" ? 101 : 100] });
        using var channel = Channel(new RuntimeOptions { MaxBodySize = 100 });

        var fault = await Assert.ThrowsAsync<AppAnswerException>(() => channel.SendAsync(Post("large"), Cancel));

        Assert.Equal("the app's answer is too large: its body may have 100 bytes (--max-body-size)", fault.Message);
        Assert.Equal(100, (await channel.SendAsync(Post("small"), Cancel)).Body.Length);
    }

    [Fact]
    public async Task App_ThatIsNotThere_IsUnreachable()
    {
        await _app.StopAsync();
        using var channel = Channel();

        var fault = await Assert.ThrowsAsync<AppUnreachableException>(() => channel.SendAsync(Post("x"), Cancel));

        Assert.StartsWith("the app did not answer: Connection refused", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_ThatHangs_IsUnreachableAfterTheLimit()
    {
        _app.Script = RecordingApp.HangAsync;
        using var channel = Channel();

        var fault = await Assert.ThrowsAsync<AppUnreachableException>(() => channel.SendAsync(Post("x") with { TimeLimit = TimeSpan.FromMilliseconds(200) }, Cancel));

        Assert.Equal("the app did not answer within 0.2 s", fault.Message);
    }

    [Fact]
    public async Task App_ThatBreaksOff_IsUnreachable_AndIsAskedOnce()
    {
        using var channel = Channel();
        await channel.SendAsync(Post("x"), Cancel);
        _app.Script = (_, _) => Task.FromResult(new AppReply(0) { IsReset = true });

        await Assert.ThrowsAsync<AppUnreachableException>(() => channel.SendAsync(Post("y") with { Body = "1"u8.ToArray() }, Cancel));

        Assert.Single(_app.Of("POST", "/y"));
    }

    [Fact]
    public async Task App_ThatIsBackOnItsPort_IsReachedAgain()
    {
        using var channel = Channel();
        await channel.SendAsync(Post("x"), Cancel);
        await _app.StopAsync();
        await Assert.ThrowsAsync<AppUnreachableException>(() => channel.SendAsync(Post("x"), Cancel));
        await _app.StartAgainAsync();

        Assert.True((await channel.SendAsync(Post("x"), Cancel)).IsSuccess);
    }

    [Fact]
    public async Task Caller_ThatGivesUp_IsNotToldThatTheAppWasUnreachable()
    {
        _app.Script = RecordingApp.HangAsync;
        using var channel = Channel();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = channel.SendAsync(Post("x"), cancel.Token);
        await _app.WaitAsync(1, "POST", "/x", Cancel);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task MaxConcurrency_HoldsCallsBack_ButNoProbe_AndWaitingCanBeCancelled()
    {
        using var release = new SemaphoreSlim(0);
        _app.Script = async (request, cancellationToken) =>
        {
            await (request.Method == "POST" ? release.WaitAsync(cancellationToken) : Task.CompletedTask);
            return AppReply.Ok;
        };
        using var channel = Channel(new RuntimeOptions { AppMaxConcurrency = 2 });
        var calls = Enumerable.Range(0, 6).Select(_ => channel.SendAsync(Post("x"), Cancel)).ToList();
        await _app.WaitAsync(2, "POST", "/x", Cancel);
        using var cancel = new CancellationTokenSource();
        var waiting = channel.SendAsync(Post("waiting"), cancel.Token);

        Assert.True((await channel.SendAsync(new AppCall(HttpMethod.Get, "probe") { ContentType = null, IsProbe = true }, Cancel)).IsSuccess);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        release.Release(6);
        await Task.WhenAll(calls);

        Assert.Equal((2, 6), (_app.MostAtOnce, _app.Of("POST", "/x").Count));
        Assert.Empty(_app.Of("POST", "/waiting"));
    }

    [Fact]
    public async Task Https_OfAnAppBesideIt_NeedsNoKnownCertificate_ButAppUrlDoes()
    {
        using var certificates = new CertificateSet();
        await using var app = await RecordingApp.StartAsync(certificates);
        using var beside = AppChannel.Create(new RuntimeOptions { AppPort = app.Port, AppProtocol = "https" })!;
        using var elsewhere = AppChannel.Create(new RuntimeOptions { AppUrl = app.Address.AbsoluteUri })!;

        Assert.True((await beside.SendAsync(Post("x"), Cancel)).IsSuccess);
        var fault = await Assert.ThrowsAsync<AppUnreachableException>(() => elsewhere.SendAsync(Post("x"), Cancel));
        Assert.Contains("certificate", fault.Message, StringComparison.Ordinal);
        Assert.Single(app.Requests);
    }

    [Fact]
    public async Task H2c_IsSpokenWithoutTls()
    {
        await using var app = await RecordingApp.StartAsync(protocols: HttpProtocols.Http2);
        using var channel = AppChannel.Create(new RuntimeOptions { AppPort = app.Port, AppProtocol = "h2c" })!;

        Assert.True((await channel.SendAsync(Post("x") with { Body = "1"u8.ToArray() }, Cancel)).IsSuccess);
        Assert.Equal("1", Assert.Single(app.Requests).Text);
    }

    [Theory]
    [InlineData(null, "http")]
    [InlineData(5000, "grpc")]
    [InlineData(5000, "grpcs")]
    public void NoApp_NoChannel(int? port, string protocol) => Assert.Null(AppChannel.Create(new RuntimeOptions { AppPort = port, AppProtocol = protocol }));

    [Fact]
    public void IPv6Address_StandsInBrackets() => Assert.Equal("http://[::1]:5000/", AppAddress.Find(new RuntimeOptions { AppPort = 5000, AppChannelAddress = "::1" })!.AbsoluteUri);

    private static AppCall Post(string path) => new(HttpMethod.Post, path);

    private AppChannel Channel(RuntimeOptions? options = null) => AppChannel.Create((options ?? new RuntimeOptions()) with { AppPort = _app.Port })!;
}
