namespace Serverless.Components.Workflows.Instances;

/// <summary>The engine could not do what it was asked. The message holds no secret.</summary>
public sealed class WorkflowEngineException : Exception
{
    /// <summary>Creates the failure.</summary>
    public WorkflowEngineException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the failure with its cause.</summary>
    public WorkflowEngineException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
