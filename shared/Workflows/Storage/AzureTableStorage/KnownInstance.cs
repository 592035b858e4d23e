namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>What this process remembers of an instance, so that a commit needs no read. It may be outdated: the ETags tell.</summary>
internal sealed class KnownInstance
{
    private const int MostHistoryRows = 40;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, KnownWork> _work = new(StringComparer.Ordinal);
    private List<string>? _historyRows;
    private bool _isWhole;
    private WorkflowView? _view;

    /// <summary>When it was used last, in the order of uses.</summary>
    public long LastUse { get; set; }

    /// <summary>True when the instance certainly stands in the list.</summary>
    public bool IsListed { get; set; }

    /// <summary>The instance; null when nothing is known.</summary>
    public WorkflowView? View
    {
        get
        {
            lock (_gate)
            {
                return _view;
            }
        }
    }

    /// <summary>The epoch of an execution, if it is the one that is known.</summary>
    public long? EpochOf(string executionId) => View is { } view && view.Meta.Record.ExecutionId == executionId ? view.Meta.Epoch : null;

    /// <summary>The instance was made by this process, which therefore knows all its items until someone else commits.</summary>
    public void Begin(WorkflowView view)
    {
        lock (_gate)
        {
            (_view, _isWhole, _historyRows) = (view, true, []);
            IsListed = false;
            _work.Clear();
        }
    }

    /// <summary>The instance was read.</summary>
    public void Learn(WorkflowView view)
    {
        lock (_gate)
        {
            if (_view?.Meta.Record.Version != view.Meta.Record.Version || _view.Meta.Epoch != view.Meta.Epoch)
            {
                (_isWhole, _historyRows) = (false, null);
            }

            _view = view;
        }
    }

    /// <summary>The instance was committed by this process.</summary>
    public void Learn(WorkflowView view, bool isNewEpoch, IEnumerable<string> historyRows)
    {
        lock (_gate)
        {
            _view = view;
            _historyRows = isNewEpoch && _isWhole ? [] : _historyRows;
            _historyRows?.AddRange(historyRows);
            _historyRows = _historyRows?.Count > MostHistoryRows ? null : _historyRows;
        }
    }

    /// <summary>The turn item was changed by this process, from one version to another.</summary>
    public void LearnTurn(string? from, string? to, Guid owner)
    {
        lock (_gate)
        {
            if (_view?.Guard is { } guard && guard.TurnETag == from)
            {
                _view = _view with { Guard = guard with { TurnETag = to, TurnOwner = owner } };
            }
        }
    }

    /// <summary>What is known of the instance is doubtful.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            (_view, _isWhole, _historyRows) = (null, false, null);
            _work.Clear();
        }
    }

    /// <summary>The rows of the present history; null when they are not all known.</summary>
    public IReadOnlyList<string>? HistoryRows()
    {
        lock (_gate)
        {
            return _historyRows?.ToArray();
        }
    }

    /// <summary>All items there may be; null when there may be others.</summary>
    public Dictionary<string, WorkKind>? AllWork()
    {
        lock (_gate)
        {
            return _isWhole ? _work.ToDictionary(pair => pair.Key, pair => pair.Value.Kind, StringComparer.Ordinal) : null;
        }
    }

    /// <summary>There may be items that this process does not know.</summary>
    public void DoubtWork()
    {
        lock (_gate)
        {
            _isWhole = false;
        }
    }

    /// <summary>The version of an item that an owner has; null when it is not known.</summary>
    public string? ETagOf(string workId, Guid owner)
    {
        lock (_gate)
        {
            return _work.TryGetValue(workId, out var work) && work.Owner == owner && work.ETag.Length > 0 ? work.ETag : null;
        }
    }

    /// <summary>An item was written by this process, or read.</summary>
    public void LearnWork(string workId, KnownWork work)
    {
        lock (_gate)
        {
            _work[workId] = work;
        }
    }

    /// <summary>What is known of an item is doubtful, but it may be there.</summary>
    public void DoubtWork(string workId)
    {
        lock (_gate)
        {
            if (_work.TryGetValue(workId, out var work))
            {
                _work[workId] = work with { ETag = "" };
            }
        }
    }

    /// <summary>An item is gone.</summary>
    public void ForgetWork(string workId)
    {
        lock (_gate)
        {
            _work.Remove(workId);
        }
    }
}
