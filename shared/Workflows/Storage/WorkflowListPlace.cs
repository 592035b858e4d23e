using System.Globalization;

namespace Serverless.Components.Workflows.Storage;

/// <summary>Where a page of a list ended, in stores that number their instances.</summary>
/// <param name="CreatedAt">The last instance's creation, in ticks.</param>
/// <param name="Number">The last instance's number.</param>
internal readonly record struct WorkflowListPlace(long CreatedAt, long Number)
{
    /// <summary>Instances that come behind it were created before this: an index begins there, however many pages were before.</summary>
    public long CreatedBefore => CreatedAt == long.MaxValue ? long.MaxValue : CreatedAt + 1;

    /// <summary>Reads a continuation; none stands for the beginning.</summary>
    /// <returns>Null when it is none that <see cref="ToString"/> gave.</returns>
    public static WorkflowListPlace? Read(string? continuation)
    {
        if (continuation is null)
        {
            return new WorkflowListPlace(long.MaxValue, long.MaxValue);
        }

        var split = continuation.IndexOf('-', StringComparison.Ordinal);
        return split > 0
            && long.TryParse(continuation.AsSpan(0, split), NumberStyles.None, CultureInfo.InvariantCulture, out var createdAt)
            && long.TryParse(continuation.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new WorkflowListPlace(createdAt, number)
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CreatedAt}-{Number}");
}
