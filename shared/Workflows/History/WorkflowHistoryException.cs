namespace Serverless.Components.Workflows.History;

/// <summary>Stored history can't be read. The message names no content.</summary>
internal sealed class WorkflowHistoryException : Exception
{
    public WorkflowHistoryException(string message)
        : base(message)
    {
    }

    public WorkflowHistoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
