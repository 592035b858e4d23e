using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>Runs the code, and notices how it ends.</summary>
internal sealed partial class ExecutionRun
{
    private Task? _code;
    private bool _hasReturned;
    private string? _output;
    private Exception? _exception;
    private (string? Input, bool KeepEvents)? _next;
    private WorkflowFailure? _fatal;

    private void Launch()
    {
        _synchronization.Post(static run => ((ExecutionRun)run!)._code = ((ExecutionRun)run).RunCodeAsync(), this);
        _synchronization.Drain();
        Settle();
    }

    private async Task RunCodeAsync()
    {
        try
        {
            if (catalog.FindWorkflow(Name) is { } workflow)
            {
                _output = await workflow.RunTextAsync(new RunContext(this), Json, Start!.Input);
                _hasReturned = true;
            }
            else
            {
                _fatal = EngineFailures.NotRegistered(Name);
            }
        }
        catch (Exception e)
        {
            // Whatever the code throws fails the workflow.
            _exception = e;
            _hasReturned = true;
        }
    }

    /// <summary>Sees how the code has come to rest.</summary>
    private void Settle()
    {
        if (End is not null)
        {
            return;
        }

        if (_synchronization.Stray is { } stray)
        {
            _exception ??= stray;
            _hasReturned = true;
        }

        if (_synchronization.WasForeign || (!_hasReturned && _open.Count == 0 && _external.Waits == 0 && _held.Count == 0))
        {
            _fatal ??= EngineFailures.ForeignAwait(Name);
        }

        if (IsReplaying)
        {
            return;
        }

        if (_fatal is not null)
        {
            Abandon(WorkflowRuntimeStatus.Failed, output: null, _fatal);
        }
        else if (_exception is not null)
        {
            Finish(WorkflowRuntimeStatus.Failed, output: null, WorkflowFailure.FromException(_exception));
        }
        else if (_hasReturned && _next is { } next)
        {
            Finish(WorkflowRuntimeStatus.ContinuedAsNew, next.Input, failure: null);
        }
        else if (_hasReturned)
        {
            Finish(WorkflowRuntimeStatus.Completed, _output, failure: null);
        }
    }

    private void Finish(WorkflowRuntimeStatus status, string? output, WorkflowFailure? failure) =>
        End = new ExecutionCompleted(status, output, failure) { Timestamp = Now };

    /// <summary>Ends the execution from outside its code; what the code began in this turn does not happen.</summary>
    private void Abandon(WorkflowRuntimeStatus status, string? output, WorkflowFailure? failure)
    {
        _began.Clear();
        _actions.Clear();
        Finish(status, output, failure);
    }
}
