using System.Globalization;
using System.Text;

namespace Serverless.Backends.Redis;

/// <summary>A RESP2 answer: a string, a number, an array, or nil when all three are null.</summary>
public sealed class RedisReply
{
    /// <summary>A string's bytes, or null.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>An integer answer, or null.</summary>
    public long? Digits { get; init; }

    /// <summary>An array's elements, or null.</summary>
    public IReadOnlyList<RedisReply>? Items { get; init; }

    /// <summary>The message of an error inside an array, as EXEC answers it, or null.</summary>
    public string? Error { get; init; }

    /// <summary>True for a nil string or array.</summary>
    public bool IsNil => Bytes is null && Digits is null && Items is null && Error is null;

    /// <summary>A string as UTF-8, an integer's digits, or null when it is nil.</summary>
    public string? Text => Bytes is not null ? Encoding.UTF8.GetString(Bytes) : Digits?.ToString(CultureInfo.InvariantCulture);

    /// <summary>An integer, or a string of digits.</summary>
    public long Number => Digits ?? long.Parse(Text ?? throw new InvalidOperationException($"no number: {this}"), CultureInfo.InvariantCulture);

    /// <summary>An array's elements as text.</summary>
    public IReadOnlyList<string?> List => [.. Elements.Select(item => item.Text)];

    /// <summary>An array of names and values in turn, as HGETALL answers.</summary>
    public IReadOnlyDictionary<string, string?> Map =>
        Elements.Chunk(2).ToDictionary(pair => pair[0].Text!, pair => pair[1].Text, StringComparer.Ordinal);

    private IReadOnlyList<RedisReply> Elements => Items ?? throw new InvalidOperationException($"no array: {this}");

    /// <inheritdoc/>
    public override string ToString() =>
        Items is not null ? $"[{string.Join(", ", Items)}]" : Error is not null ? $"error {Error}" : Text ?? "nil";
}
