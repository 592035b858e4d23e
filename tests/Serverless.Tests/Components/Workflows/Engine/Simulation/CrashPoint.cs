namespace Serverless.Tests.Components.Workflows.Engine.Simulation;

/// <summary>Where a process is killed.</summary>
internal enum CrashPoint
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>After a turn has run, before it is stored.</summary>
    BeforeCommit,

    /// <summary>After the turn is stored.</summary>
    AfterCommit,

    /// <summary>After the turn is stored, before those who sent the messages know; they send them again.</summary>
    AfterCommitUnheard,
}
