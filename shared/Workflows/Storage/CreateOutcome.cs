namespace Serverless.Components.Workflows.Storage;

/// <summary>How a creation ended.</summary>
internal enum CreateOutcome
{
    /// <summary>The instance is there, made now or by the same request before.</summary>
    Created,

    /// <summary>An instance of this id has not ended.</summary>
    IsActive,
}
