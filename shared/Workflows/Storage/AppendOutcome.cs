namespace Serverless.Components.Workflows.Storage;

/// <summary>How an append ended.</summary>
internal enum AppendOutcome
{
    /// <summary>The message is in the inbox, and the turn item is the caller's: the turn is its to run.</summary>
    Owned,

    /// <summary>The message is in the inbox, and someone else, or nobody, has the turn item.</summary>
    Appended,

    /// <summary>The instance has ended, or runs another execution than the message is for; nothing was changed.</summary>
    Dropped,

    /// <summary>There is no such instance.</summary>
    NotFound,
}
