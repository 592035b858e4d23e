namespace Serverless.Components.Workflows.Dispatch;

/// <summary>A dispatcher failed. The message holds no secret.</summary>
public sealed class WorkflowDispatchException : Exception
{
    /// <summary>Creates the failure.</summary>
    public WorkflowDispatchException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the failure with its cause.</summary>
    public WorkflowDispatchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
