using System.Globalization;

namespace Serverless.Components.Workflows.Execution;

/// <summary>What a process does under one session: it owns work, and does it as long as the session lives.</summary>
/// <remarks>A session that is lost cancels everything here, since others have its work by then. A new session means a new worker.</remarks>
internal sealed partial class Worker : IAsyncDisposable
{
    // Timers further off are left in the store, for whichever process is there by then.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private const int MostTimers = 20_000;
    private const int MostInstances = 1024;

    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _cut;
    private readonly TimerQueue _timers;
    private readonly MessageCarrier _messages;
    private readonly WorkPump? _pump;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _attempts;
    private int _purges;

    /// <summary>Creates the worker of a session that is open.</summary>
    /// <param name="scope">The runtime.</param>
    /// <param name="id">The session.</param>
    /// <param name="opened">When it was asked for, by the steady clock.</param>
    public Worker(ExecutionScope scope, Guid id, long opened)
    {
        (Scope, Id, _kept) = (scope, id, opened);
        Lost = _lost.Token;
        _cut = CancellationTokenSource.CreateLinkedTokenSource(Lost);
        Cut = _cut.Token;
        Turns = new TurnRunner(this);
        Activities = new ActivityRunner(this);
        _messages = new MessageCarrier(this);
        _timers = new TimerQueue(scope.Time, item => Accept(item));
        _pump = IsHosted ? null : new WorkPump(this);
    }

    public ExecutionScope Scope { get; }

    /// <summary>The session.</summary>
    public Guid Id { get; }

    /// <summary>The session is over: what is owned is somebody else's, and nothing more may be written for it.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Activities must end: the session is over, or the process stops and has waited long enough.</summary>
    public CancellationToken Cut { get; }

    public TurnRunner Turns { get; }

    public ActivityRunner Activities { get; }

    /// <summary>True behind the Functions host, where work comes by doorbells.</summary>
    public bool IsHosted => Scope.Dispatcher is not null;

    /// <summary>True once nothing new is begun.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>True once the session may own work that nobody here knows of, because an answer of the store was lost.</summary>
    public bool IsUnsure { get; private set; }

    /// <summary>Whether results become part of the next turn's commit right away; a limit of turns for all processes needs them to wait for a claim.</summary>
    public bool Folds => Scope.Settings.GlobalMaxWorkflows is null;

    /// <summary>Who owns the turn items of instances that are told something by this process.</summary>
    public Guid? TurnOwner => !IsHosted && TakesTurns ? Id : null;

    /// <summary>How many more items of other kinds than activities may be claimed.</summary>
    public int TurnRoom => IsDraining ? 0 : Math.Max(0, MostInstances - Turns.Count);

    /// <summary>How many more activities may be claimed. As many again as may run wait here for their turn.</summary>
    public int ActivityRoom => IsDraining ? 0 : Math.Max(0, (Scope.Settings.MaxActivities is not null ? 2 * Scope.ActivityLimit : Scope.ActivityLimit) - Activities.Count);

    private bool TakesTurns => Folds && !IsDraining && Turns.Count < MostInstances;

    /// <summary>Room for what a commit makes.</summary>
    public WorkPlaces Places() => IsHosted
        ? new(null, 0, 0, default, takesTurns: true, takesMessages: true)
        : new(
            Scope.Activities,
            Scope.Settings.GlobalMaxActivities is null ? ActivityRoom : 0,
            IsDraining ? 0 : MostTimers - _timers.Count,
            LongestWait,
            TakesTurns,
            takesMessages: !IsDraining);

    /// <summary>Tells one attempt to write from any other.</summary>
    public string NextAttempt() => string.Create(CultureInfo.InvariantCulture, $"{Id:N}-{Interlocked.Increment(ref _attempts):x}");

    /// <summary>An answer was lost: the session may own what nobody here knows of.</summary>
    public void MarkUnsure()
    {
        IsUnsure = true;
        _ended.TrySetResult();
    }

    /// <summary>Finishes what runs, gives the rest back, and ends the session.</summary>
    /// <param name="cut">Ends what still runs.</param>
    public async Task DrainAsync(CancellationToken cut)
    {
        IsDraining = true;
        _pump?.Stop();
        _timers.Dispose();
        try
        {
            await Activities.WhenIdleAsync(cut);
            await Turns.WhenIdleAsync(cut);
            while (_messages.Count > 0 || Volatile.Read(ref _purges) > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), Scope.Time, cut);
            }
        }
        catch (OperationCanceledException)
        {
            // What is cut off is done again by others.
        }

        await _cut.CancelAsync();
        await EndAsync();
        await _lost.CancelAsync();
        await DisposeAsync();
    }

    /// <summary>Ends what runs; the session ends by itself, unless it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        IsDraining = true;
        _timers.Dispose();
        await _lost.CancelAsync();
        if (_pump is not null)
        {
            await _pump.DisposeAsync();
        }

        await _heart.WaitAsync(CancellationToken.None);
        await _repairing.WaitAsync(CancellationToken.None);
        _ended.TrySetResult();
    }
}
