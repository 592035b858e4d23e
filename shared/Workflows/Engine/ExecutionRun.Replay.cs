using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>Goes through history.</summary>
internal sealed partial class ExecutionRun
{
    private bool _hasTurn;

    /// <summary>Goes through history; where the code does something else than it did, the next turn fails the workflow.</summary>
    public void Replay(IReadOnlyList<HistoryEvent> history) => _synchronization.Within(() =>
    {
        IsReplaying = true;
        for (var i = 0; i < history.Count && _fatal is null; i++)
        {
            Replay(history[i]);
        }

        if (_fatal is null && End is null && _hasTurn)
        {
            CheckTurn();
        }

        IsReplaying = false;
        return _fatal is null;
    });

    private void Replay(HistoryEvent past)
    {
        if (past is TurnStarted)
        {
            if (_hasTurn)
            {
                CheckTurn();
            }

            OpenTurn(past.Timestamp);
            if (IsCarried)
            {
                TakeCarried();
            }
        }
        else if (past is ExecutionCompleted end)
        {
            End = end;
        }
        else if (AttemptedAction.Of(past) is { } recorded)
        {
            CheckAction(recorded);
        }
        else if (!_hasTurn)
        {
            _carried.Add(past);
            CustomStatus = (past as ExecutionStarted)?.CustomStatus ?? CustomStatus;
        }
        else
        {
            Take(past);
        }
    }

    private void CheckAction(AttemptedAction recorded)
    {
        if (!_unrecorded.TryDequeue(out var attempted))
        {
            _fatal ??= EngineFailures.NonDeterminism(Name, recorded.ToString(), Rest());
        }
        else if (attempted != recorded)
        {
            _fatal ??= EngineFailures.NonDeterminism(Name, recorded.ToString(), attempted.ToString());
        }
    }

    /// <summary>A turn is committed as a whole, so that all that the code did in it must have been recorded.</summary>
    private void CheckTurn()
    {
        if (_unrecorded.TryDequeue(out var attempted))
        {
            _fatal ??= EngineFailures.NonDeterminism(Name, "nothing", attempted.ToString());
        }
        else if (_hasReturned)
        {
            _fatal ??= EngineFailures.NonDeterminism(Name, "that it goes on", Rest());
        }
    }

    private string Rest() => _exception is not null ? $"its failure with '{_exception.Message}'" : _hasReturned ? "its end" : "nothing";
}
