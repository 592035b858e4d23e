using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.State.AzureTableStorage;

/// <summary>What to do next for a row; nothing at all when it is as it should be.</summary>
/// <param name="Operation">To be sent, or null.</param>
/// <param name="Mismatch">Why the whole change is refused, or null.</param>
/// <param name="NeedsRead">The row must be read first.</param>
internal readonly record struct TableStateStep(TableOperation? Operation = null, string? Mismatch = null, bool NeedsRead = false);
