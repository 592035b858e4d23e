namespace Serverless.Components.Workflows.Engine;

/// <summary>Something of a type that the code of a workflow waits for.</summary>
/// <param name="action">What it did to get it.</param>
/// <param name="json">Reads the result; null to drop it.</param>
internal sealed class PendingResult<T>(AttemptedAction action, WorkflowJson? json) : PendingTask(action)
{
    // Answers run what follows them at once: combinations of tasks would go to other threads otherwise.
    private readonly TaskCompletionSource<T> _source = new();

#pragma warning disable VSTHRD003 // Nobody blocks on it: the code of a workflow has its thread for itself.
    public Task<T> Task => _source.Task;
#pragma warning restore VSTHRD003

    public override bool IsCompleted => _source.Task.IsCompleted;

    public override void Complete(string? text)
    {
        Watch.Dispose();
        T result;
        try
        {
            result = json is null ? default! : json.Read<T>(text)!;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A result that is not what the code expects is the code's to see, at its await.
            _source.TrySetException(e);
            return;
        }

        _source.TrySetResult(result);
    }

    public override void Fail(WorkflowFailure failure)
    {
        Watch.Dispose();
        _source.TrySetException(new WorkflowTaskFailedException(
            FormattableString.Invariant($"Task '{Action.Name}' (#{Action.TaskId}) failed with an unhandled exception: {failure.ErrorMessage}"), new WorkflowTaskFailureDetails(failure)));
    }

    public override void Cancel(CancellationToken cancellationToken)
    {
        Watch.Dispose();
        _source.TrySetCanceled(cancellationToken);
    }
}
