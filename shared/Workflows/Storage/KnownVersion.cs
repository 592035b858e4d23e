namespace Serverless.Components.Workflows.Storage;

/// <summary>How much of an instance a reader has already.</summary>
/// <param name="ExecutionId">The execution it has; the history of another one is read from its beginning.</param>
/// <param name="Version">The version up to which it has the history.</param>
internal readonly record struct KnownVersion(string ExecutionId, long Version)
{
    /// <summary>Nothing.</summary>
    public static KnownVersion None { get; } = new("", 0);
}
