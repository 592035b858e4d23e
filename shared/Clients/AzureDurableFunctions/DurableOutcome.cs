namespace Serverless.Components.Clients.AzureDurableFunctions;

/// <summary>What came of a request.</summary>
internal enum DurableOutcome
{
    /// <summary>It was taken.</summary>
    Done,

    /// <summary>There is no such orchestration.</summary>
    NotFound,

    /// <summary>A start: one of this id runs.</summary>
    Exists,

    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>A purge: it has not ended.</summary>
    NotEnded,
}
