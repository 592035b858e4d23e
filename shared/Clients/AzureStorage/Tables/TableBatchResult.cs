namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>How a batch ended.</summary>
/// <param name="Outcome">Anything but <see cref="TableOutcome.Done"/> changed nothing.</param>
/// <param name="Failed">Which operation was refused; -1 when none was.</param>
/// <param name="ETags">The new version of each operation's row, in order, null for a deletion; empty when refused.</param>
internal sealed record TableBatchResult(TableOutcome Outcome, int Failed, IReadOnlyList<string?> ETags);
