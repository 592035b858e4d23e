using System.Text;
using Serverless.Backends.Processes;
using Serverless.Components.Bindings;

namespace Serverless.Tests.Components.Bindings;

/// <summary>Takes the events of an input binding as a script says, and keeps them.</summary>
internal sealed class RecordingHandler
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private readonly Lock _gate = new();
    private readonly List<BindingEvent> _events = [];
    private int _now;

    /// <summary>What becomes of an event; it is delivered unless this is set.</summary>
    public Func<BindingEvent, CancellationToken, ValueTask<DeliveryResult>> Script { get; set; } = (_, _) => ValueTask.FromResult(DeliveryResult.Delivered(default));

    /// <summary>The most events in hand at one time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>The events in hand.</summary>
    public int Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    public IReadOnlyList<BindingEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public IReadOnlyList<string> Texts => [.. Events.Select(read => Encoding.UTF8.GetString(read.Data.Span))];

    public async ValueTask<DeliveryResult> HandleAsync(BindingEvent read, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _events.Add(read);
            MostAtOnce = Math.Max(MostAtOnce, ++_now);
        }

        try
        {
            return await Script(read, cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                _now--;
            }
        }
    }

    /// <summary>Waits for so many events.</summary>
    public Task WaitAsync(int count) => UntilAsync($"{count} events", () => Events.Count >= count);

    public static Task UntilAsync(string what, Func<bool> condition) =>
        Eventually.MustAsync(what, () => Task.FromResult(condition()), Limit, TestContext.Current.CancellationToken);
}
