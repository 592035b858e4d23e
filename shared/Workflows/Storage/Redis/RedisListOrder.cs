using System.Text;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <summary>The order of a sorted set's members of one score: by their bytes.</summary>
internal sealed class RedisListOrder : IComparer<string>
{
    private RedisListOrder()
    {
    }

    /// <summary>The only one.</summary>
    public static RedisListOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y ?? ""));
}
