namespace Serverless.Components.Workflows.Storage;

/// <summary>How a commit ended.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="HasMore">After a commit: the inbox is not empty, and the owner has, or keeps, the turn item unless someone else alive has it.</param>
internal readonly record struct CommitResult(CommitOutcome Outcome, bool HasMore = false);
