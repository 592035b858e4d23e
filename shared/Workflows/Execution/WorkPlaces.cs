using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>How much new work a process takes on in one commit; the rest is for whoever has room.</summary>
internal struct WorkPlaces
{
    private readonly ConcurrencyGate? _activityGate;
    private readonly TimeSpan _longestWait;
    private readonly bool _takesTurns;
    private readonly bool _takesMessages;
    private int _activities;
    private int _timers;

    public WorkPlaces(ConcurrencyGate? activityGate, int activities, int timers, TimeSpan longestWait, bool takesTurns, bool takesMessages) =>
        (_activityGate, _activities, _timers, _longestWait, _takesTurns, _takesMessages) = (activityGate, activities, timers, longestWait, takesTurns, takesMessages);

    /// <summary>Takes a place for an item, if there is one.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="wait">How long it is until it is due.</param>
    public bool Take(WorkKind kind, string name, TimeSpan wait) => kind switch
    {
        WorkKind.Activity => _activities > 0 && !_activityGate!.IsCrowded(name) && _activities-- > 0,
        WorkKind.Timer => _timers > 0 && wait <= _longestWait && _timers-- > 0,
        WorkKind.Turn => _takesTurns,
        WorkKind.Message => _takesMessages,
        _ => _takesTurns && wait <= TimeSpan.Zero,
    };
}
