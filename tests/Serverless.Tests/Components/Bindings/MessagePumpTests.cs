using Serverless.Components.Bindings;
using Serverless.Tests.Components.State;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.Bindings;

public sealed class MessagePumpTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogCapture _log = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<int> _asked = [];

    private int Asked
    {
        get
        {
            lock (_asked)
            {
                return _asked.Count;
            }
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Stop_WhileAllHandsWork_TakesNothingMore()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Pump(2, _ => ["a", "b"], async _ => await done.Task).RunAsync(_stopping.Token);
        await RecordingHandler.UntilAsync("two in hand", () => Asked == 1);

        await _stopping.CancelAsync();
        Assert.False(running.IsCompleted);
        done.SetResult();
        await EndAsync(running);

        Assert.Equal([2], _asked);
    }

    [Fact]
    public async Task Receive_AsksForWhatItCanBegin()
    {
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Pump(3, asked => asked == 3 ? ["slow", "quick"] : [], message => message == "slow" ? slow.Task : Task.CompletedTask).RunAsync(_stopping.Token);
        await RecordingHandler.UntilAsync("a second look", () => Asked == 2);

        await _stopping.CancelAsync();
        slow.SetResult();
        await EndAsync(running);

        Assert.Equal([3, 2], _asked);
    }

    [Fact]
    public async Task Trouble_GrowsThePauses_AndIsToldOnce()
    {
        var looks = new List<TimeSpan>();
        var start = _time.GetUtcNow();
        var running = Pump(1, _ =>
        {
            looks.Add(_time.GetUtcNow() - start);
            return looks.Count is < 6 or 7 ? throw new BindingException("gone") : ["x"];
        }, _ => Task.CompletedTask).RunAsync(_stopping.Token);

        await RecordingHandler.UntilAsync("the trouble after the trouble", () =>
        {
            if (Asked < 7 && _time.NextTimer is { } next)
            {
                _time.Advance(next - _time.GetUtcNow());
            }

            return Asked >= 7 && _time.NextTimer is not null;
        });
        await _stopping.CancelAsync();
        await EndAsync(running);

        Assert.Equal([0, 1, 3, 7, 12, 17, 17], looks.Select(look => look.TotalSeconds));
        Assert.Equal(1, _log.Messages.Count(line => line.Contains("can be read again", StringComparison.Ordinal)));
        Assert.Equal(2, _log.Messages.Count(line => line.Contains("which is tried again: gone", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Work_WithADefect_EndsThePump_AfterTheOthersAreSettled()
    {
        var other = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Pump(2, _ => ["bad", "good"], message => message == "bad" ? Task.FromException(new InvalidOperationException("defect")) : other.Task).RunAsync(_stopping.Token);
        await RecordingHandler.UntilAsync("both in hand", () => Asked == 1);
        Assert.False(running.IsCompleted);
        other.SetResult();

        Assert.Equal("defect", (await Assert.ThrowsAsync<InvalidOperationException>(() => EndAsync(running))).Message);
    }

    private static Task EndAsync(Task running) => running.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

    private MessagePump<string> Pump(int handlers, Func<int, IReadOnlyList<string>> receive, Func<string, Task> work) =>
        new(StateContexts.Create("bindings.test", _time).LoggingTo(_log))
        {
            Source = "queue q",
            Handlers = handlers,
            MostAtOnce = 16,
            EmptyPause = TimeSpan.FromSeconds(10),
            LongestPause = TimeSpan.FromSeconds(5),
            Receive = async (count, _) =>
            {
                await Task.Yield();
                try
                {
                    return receive(count);
                }
                finally
                {
                    lock (_asked)
                    {
                        _asked.Add(count);
                    }
                }
            },
            Work = (message, _) => work(message),
        };
}
