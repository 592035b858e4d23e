namespace Serverless.Components.Workflows.Storage;

/// <summary>The store of workflows failed. The message holds no secret.</summary>
public sealed class WorkflowStoreException : Exception
{
    /// <summary>Creates the failure.</summary>
    public WorkflowStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the failure with its cause.</summary>
    public WorkflowStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
