namespace Serverless.Components.Workflows.Engine;

/// <summary>Something that the code of a workflow waits for.</summary>
/// <param name="action">What it did to get it; for an external event its name alone.</param>
internal abstract class PendingTask(AttemptedAction action)
{
    /// <summary>What the code did to get it.</summary>
    public AttemptedAction Action { get; } = action;

    /// <summary>The other half of a wait for an event with a timeout: the timer of the event, or the event of the timer.</summary>
    public PendingTask? Partner { get; set; }

    /// <summary>Ends the watch over the code's cancellation token.</summary>
    public CancellationTokenRegistration Watch { get; set; }

    /// <summary>True once it has an answer.</summary>
    public abstract bool IsCompleted { get; }

    /// <summary>Answers with a result.</summary>
    public abstract void Complete(string? text);

    /// <summary>Answers with a failure.</summary>
    public abstract void Fail(WorkflowFailure failure);

    /// <summary>Answers that it was given up.</summary>
    public abstract void Cancel(CancellationToken cancellationToken);
}
