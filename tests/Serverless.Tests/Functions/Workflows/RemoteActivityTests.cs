using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Backends.Apps;
using Serverless.Components.Workflows.Execution;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Hosting;
using Serverless.Functions.Workflows;

namespace Serverless.Tests.Functions.Workflows;

public sealed class RemoteActivityTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private RecordingApp _app = null!;
    private AppChannel _channel = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static RemoteActivityCall Call { get; } =
        new("charge", null, "{\"a\": 1}") { InstanceId = "i-é", ExecutionId = "e", TaskId = 3, IdempotencyKey = "i-e-3" };

    public async ValueTask InitializeAsync()
    {
        _app = await RecordingApp.StartAsync();
        _channel = AppChannel.Create(new RuntimeOptions { AppPort = _app.Port, AppApiToken = "for the app", MaxBodySize = 2000 })!;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Call_InputAndHeaders_ReachTheApp()
    {
        _app.Script = (_, _) => Task.FromResult(AppReply.Json(" {\"done\": true} "));

        Assert.Equal(new RemoteActivityResult(" {\"done\": true} ", null), await RunAsync(Call));

        var request = Assert.Single(_app.Of("POST", "/charge"));
        Assert.Equal(("{\"a\": 1}", "application/json", "for the app"), (request.Text, request.Header("content-type"), request.Header("dapr-api-token")));
        Assert.Equal(("i-é", "3", "i-e-3"), (request.Header("dapr-workflow-instance-id"), request.Header("dapr-workflow-task-id"), request.Header("idempotency-key")));
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$", request.Header("traceparent"));
    }

    [Theory]
    [InlineData("my activity", null, "/my%20activity")]
    [InlineData("orders/charge?", null, "/orders/charge%3F")]
    [InlineData("charge", "/api/charge?v=2", "/api/charge?v=2")]
    [InlineData("charge", "charge", "/charge")]
    public async Task Call_PathOrName_IsTheEndpoint(string name, string? path, string target)
    {
        Assert.Equal(new RemoteActivityResult(null, null), await RunAsync(Call with { Name = name, Path = path, Input = null }));

        var request = Assert.Single(_app.Requests);
        Assert.Equal(("POST", target, "", null), (request.Method, request.Path, request.Text, request.Header("content-type")));
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(404, true)]
    [InlineData(408, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(302, false)]
    public async Task Call_Refused_FailsForGoodOnlyWith4xx(int status, bool isFinal)
    {
        _app.Script = (_, _) => Task.FromResult(AppReply.Json($"\"{new string('x', 1500)}\"", status));

        var failure = (await RunAsync(Call)).Failure!;

        Assert.Equal(("RemoteActivityRefused", $"the app answered {status}: \"{new string('x', 999)}", isFinal), (failure.ErrorType, failure.ErrorMessage, failure.IsNonRetriable));
        Assert.Single(_app.Requests);
    }

    [Fact]
    public async Task Call_AnswerThatIsNoJson_FailsForGood()
    {
        _app.Script = (_, _) => Task.FromResult(AppReply.Json("<html>"));

        var failure = (await RunAsync(Call)).Failure!;

        Assert.Equal(("the app answered 200, but its body is no JSON", true), (failure.ErrorMessage, failure.IsNonRetriable));
    }

    [Fact]
    public async Task Call_AnswerThatIsTooLarge_FailsForGood()
    {
        _app.Script = (_, _) => Task.FromResult(AppReply.Json($"\"{new string('x', 3000)}\""));

        var failure = (await RunAsync(Call)).Failure!;

        Assert.Equal(("the app's answer is too large: its body may have 2000 bytes (--max-body-size)", true), (failure.ErrorMessage, failure.IsNonRetriable));
    }

    [Fact]
    public async Task Call_AppIsDown_WaitsForItHoweverLong()
    {
        await _app.StopAsync();
        var pending = RunAsync(Call);
        foreach (var milliseconds in (int[])[250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000])
        {
            await PassAsync(pending, TimeSpan.FromMilliseconds(milliseconds));
        }

        // The last of these tries must have found the app away.
        await PauseAsync(pending);
        await _app.StartAgainAsync();
        await PassAsync(pending, TimeSpan.FromSeconds(5));

        Assert.Null((await pending).Failure);
        Assert.Single(_app.Requests);
    }

    [Fact]
    public async Task Call_AppBreaksOff_IsRepeated()
    {
        _app.Script = (_, _) => Task.FromResult(_app.Requests.Count < 3 ? AppReply.Ok with { IsReset = true } : AppReply.Json("1"));
        var pending = RunAsync(Call);
        await PassAsync(pending, TimeSpan.FromMilliseconds(250));
        await PassAsync(pending, TimeSpan.FromMilliseconds(500));

        Assert.Equal("1", (await pending).Output);
    }

    [Fact]
    public async Task Call_AppBreaksOffEachTime_FailsAfterFiveCalls()
    {
        _app.Script = (_, _) => Task.FromResult(AppReply.Ok with { IsReset = true });
        var pending = RunAsync(Call);
        foreach (var milliseconds in (int[])[250, 500, 1000, 2000])
        {
            await PassAsync(pending, TimeSpan.FromMilliseconds(milliseconds));
        }

        var failure = (await pending).Failure!;
        Assert.Equal(("RemoteActivityUnanswered", false), (failure.ErrorType, failure.IsNonRetriable));
        Assert.Equal(5, _app.Requests.Count);
    }

    [Fact]
    public async Task Call_Cancelled_EndsTheCall()
    {
        _app.Script = RecordingApp.HangAsync;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var pending = new RemoteActivities(_channel, _time, NullLogger.Instance).CallAsync(Call, cancel.Token).AsTask();
        await _app.WaitAsync(1, "POST", "/charge", Cancel);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    private Task<RemoteActivityResult> RunAsync(RemoteActivityCall call) => new RemoteActivities(_channel, _time, NullLogger.Instance).CallAsync(call, Cancel).AsTask();

    private async Task PassAsync(Task pending, TimeSpan pause)
    {
        await PauseAsync(pending);
        Assert.Equal(_time.GetUtcNow() + pause, _time.NextTimer);
        _time.Advance(pause);
    }

    private async Task PauseAsync(Task pending)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        while (_time.NextTimer is null)
        {
            limit.Token.ThrowIfCancellationRequested();
            Assert.False(pending.IsCompleted);
            await Task.Yield();
        }
    }
}
