namespace Serverless.Components.Workflows.Storage;

/// <summary>What a turn needs of an instance.</summary>
/// <param name="Record">The instance.</param>
/// <param name="IsWhole">True when the history is that of the execution from its beginning; false when it follows what the reader has.</param>
/// <param name="History">The encoded history, one chunk after the other, in order; nothing when the reader has it all.</param>
/// <param name="Inbox">The first messages that wait, in the order of their arrival, at most <see cref="MostMessages"/>.</param>
internal sealed record LoadedWorkflow(
    WorkflowRecord Record, bool IsWhole, IReadOnlyList<ReadOnlyMemory<byte>> History, IReadOnlyList<InboxMessage> Inbox)
{
    /// <summary>Most messages that a turn takes.</summary>
    public const int MostMessages = 64;
}
