using System.Globalization;
using System.Text;
using Serverless.Components.Registry.Triggers;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Storage;
using Serverless.Functions.Triggers;
using Serverless.Functions.Workflows.Triggers;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Workflows.Triggers;

/// <summary>Invocations on a scripted engine by a clock of the test's; the deadline is 570 s, the last delivery the fifth.</summary>
public sealed class WorkflowInvocationsTests : IDisposable
{
    private const int Most = 5;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(570);
    private static readonly WorkflowDoorbell Bell = new("app", "i-1", "turn", IsActivity: false, new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ManualTimeProvider _clock = new();
    private readonly LogCapture _log = new();
    private readonly List<string> _calls = [];
    private readonly TriggerWaits _waits;
    private Func<CancellationToken, ValueTask> _answer = static _ => ValueTask.CompletedTask;
    private Func<CancellationToken, ValueTask> _fail = static _ => ValueTask.CompletedTask;
    private string? _missing;

    public WorkflowInvocationsTests() => _waits = new TriggerWaits("workflow dispatcher", _log);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Doorbell_Answered_Succeeds()
    {
        Assert.Null(await RunAsync(1));

        Assert.Equal(["answer i-1"], _calls);
        Assert.Empty(_waits.Items);
    }

    [Theory]
    [InlineData("hello", "the message is no doorbell of a workflow: it is no JSON object")]
    [InlineData("""{"appId":"other","instanceId":"i","workId":"w","isActivity":false,"due":"2026-03-01T12:00:00Z"}""", "the message is of app 'other', and this is 'app'")]
    public async Task Message_OfNobody_FailsAtOnceEveryTime(string text, string fault)
    {
        foreach (var delivery in (int[])[1, Most])
        {
            Assert.Equal(fault, await Invocations().AnswerAsync("flows", Payload(text, "DequeueCount", delivery), Token));
        }

        Assert.Empty(_calls);
    }

    [Theory]
    [InlineData("DequeueCount")]
    [InlineData("DeliveryCount")]
    public async Task Work_ThatFails_ComesAgainUntilItsWorkflowFails(string count)
    {
        _answer = static _ => throw new InvalidOperationException("the turn broke");

        for (var delivery = 1; delivery < Most; delivery++)
        {
            Assert.Equal("the turn broke", await Invocations().AnswerAsync("flows", Payload(Text(), count, delivery), Token));
        }

        Assert.Null(await Invocations().AnswerAsync("flows", Payload(Text(), count, Most), Token));
        Assert.Equal(["answer i-1", "answer i-1", "answer i-1", "answer i-1", "answer i-1", "fail i-1: given up after 5 deliveries: the turn broke"], _calls);
    }

    [Fact]
    public async Task Work_ThatFails_WhoseWorkflowCantBeEnded_IsTold()
    {
        _answer = static _ => throw new InvalidOperationException("the turn broke");
        _fail = static _ => throw new WorkflowStoreException("down");

        Assert.Equal("the turn broke; the workflow could not be ended: down", await RunAsync(Most));

        _fail = async token => await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
        var running = RunAsync(Most);
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal("the turn broke; the workflow could not be ended in time", await running.WaitAsync(TimeSpan.FromSeconds(10), Token));
    }

    [Fact]
    public async Task Work_LongerThanItsInvocation_CountsAsFailed()
    {
        _answer = async token => await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
        var running = RunAsync(Most);

        _clock.Advance(Deadline);

        Assert.Null(await running.WaitAsync(TimeSpan.FromSeconds(10), Token));
        Assert.Equal("fail i-1: given up after 5 deliveries: not delivered within 570 s: the work did not end", _calls[^1]);
    }

    [Fact]
    public async Task Outage_IsWaitedFor()
    {
        _missing = "the store is not loaded";
        var running = RunAsync(1);
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal([new("flows", "the store is not loaded")], _waits.Items);
        _missing = null;
        _answer = static _ => throw new WorkflowStoreException("connection refused");
        await PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([new("flows", "connection refused")], _waits.Items);
        _answer = static _ => throw new OperationCanceledException("drained");
        await PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([new("flows", "the engine was stopped")], _waits.Items);
        _answer = static _ => ValueTask.CompletedTask;
        await PassAsync(TimeSpan.FromSeconds(10));

        Assert.Null(await running.WaitAsync(TimeSpan.FromSeconds(10), Token));
        Assert.Empty(_waits.Items);
        Assert.InRange(_calls.Count, 10, 40);
    }

    [Theory]
    [InlineData(1, "not delivered within 570 s: the queue is gone")]
    [InlineData(Most, null)]
    public async Task Outage_BeyondTheInvocation_FailsNoWorkflow(int delivery, string? expected)
    {
        _answer = static _ => throw new WorkflowDispatchException("the queue is gone");
        var running = RunAsync(delivery);

        await PassAsync(Deadline);

        Assert.Equal(expected, await running.WaitAsync(TimeSpan.FromSeconds(10), Token));
        Assert.DoesNotContain(_calls, call => call.StartsWith("fail", StringComparison.Ordinal));
        Assert.Equal(expected is null ? 1 : 0, _log.Messages.Count(message => message.Contains("is left to the sweep", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Sweep_Failing_IsTold()
    {
        Assert.Null(await Invocations().SweepAsync("flows", Token));
        _answer = static _ => throw new InvalidOperationException("no lease");

        Assert.Equal("no lease", await Invocations().SweepAsync("flows", Token));
    }

    private static string Text() => Encoding.UTF8.GetString(DoorbellText.Write(Bell).Span);

    private static TriggerPayload Payload(string text, string count, int delivery) => new()
    {
        Data = Encoding.UTF8.GetBytes(text),
        Metadata = new Dictionary<string, string> { [count] = delivery.ToString(CultureInfo.InvariantCulture) },
    };

    private Task<string?> RunAsync(int delivery) => Invocations().AnswerAsync("flows", Payload(Text(), "DequeueCount", delivery), Token);

    // In steps, since what runs between them arms further timers.
    private async Task PassAsync(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(250);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _clock.Advance(step);
            await Task.Yield();
        }
    }

    private WorkflowInvocations Invocations()
    {
        var engine = new TriggeredEngine
        {
            Answer = (bell, token) => Call($"answer {bell.InstanceId}", _answer, token),
            Fail = (bell, reason, token) => Call($"fail {bell.InstanceId}: {reason}", _fail, token),
            Sweep = token => Call("sweep", _answer, token),
        };
        return new WorkflowInvocations("app", _ => ValueTask.FromResult(_missing is null ? (engine, null) : ((TriggeredEngine?)null, _missing)), new TriggerPatience(_waits, Deadline, _clock), Most, _clock, _log);
    }

    private ValueTask Call(string call, Func<CancellationToken, ValueTask> script, CancellationToken cancellationToken)
    {
        _calls.Add(call);
        return script(cancellationToken);
    }
}
