using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>How an operation ended.</summary>
/// <param name="Outcome">Anything but <see cref="TableOutcome.Done"/> changed nothing.</param>
/// <param name="ETag">The row's new version; null after a deletion.</param>
internal readonly record struct TableResult(TableOutcome Outcome, string? ETag = null)
{
    /// <summary>Reads what an error says about the row; null when it is about something else.</summary>
    /// <param name="status">Status of the answer, or of the operation's part of it.</param>
    /// <param name="error">What it says.</param>
    /// <param name="operation">What was asked.</param>
    public static TableOutcome? Expected(int status, AzureError error, TableOperation operation) => (status, error.Code) switch
    {
        (404, _) when IsAbsent(error) => TableOutcome.Absent,
        (409, "EntityAlreadyExists") => TableOutcome.Exists,
        (412, _) => TableOutcome.Changed,
        (400, _) when operation.Condition is { } condition && condition != TableCondition.Exists && !condition.IfMatch.StartsWith("W/\"datetime'", StringComparison.Ordinal) => TableOutcome.ForeignETag,
        _ => null,
    };

    /// <summary>True for the ways to say that there is no such row; that there is no such table is another matter.</summary>
    public static bool IsAbsent(AzureError error) => error.Code is "ResourceNotFound" or "EntityNotFound";
}
