namespace Serverless.Components.Workflows.Execution;

/// <summary>Why an instance is to have a turn, besides results that this process has for it.</summary>
[Flags]
internal enum TurnReasons
{
    /// <summary>For results alone.</summary>
    None = 0,

    /// <summary>Messages wait in its inbox, and the turn item is this session's.</summary>
    Owned = 1,

    /// <summary>The turn item was claimed just now, so that it must go even if nothing waits.</summary>
    Claimed = 2,

    /// <summary>Messages may wait in its inbox; the turn item is to be claimed first.</summary>
    Unsure = 4,

    /// <summary>The workflow has more to do by itself.</summary>
    More = 8,
}
