using System.Globalization;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>Where a page of a list ended.</summary>
/// <param name="CreatedAt">The last instance's creation, in ticks.</param>
/// <param name="Number">The last instance's number.</param>
internal readonly record struct SqliteWorkflowPlace(long CreatedAt, long Number)
{
    /// <summary>Before the first instance.</summary>
    public static SqliteWorkflowPlace First { get; } = new(long.MaxValue, long.MaxValue);

    /// <summary>Reads one; null stands for the beginning.</summary>
    /// <exception cref="WorkflowStoreException">It is none.</exception>
    public static SqliteWorkflowPlace Read(string? text)
    {
        if (text is null)
        {
            return First;
        }

        var split = text.IndexOf('-', StringComparison.Ordinal);
        return split > 0
            && long.TryParse(text.AsSpan(0, split), NumberStyles.None, CultureInfo.InvariantCulture, out var createdAt)
            && long.TryParse(text.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new SqliteWorkflowPlace(createdAt, number)
            : throw new WorkflowStoreException("the continuation of the list is not one that this store gave");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CreatedAt}-{Number}");
}
