using System.Buffers.Text;

namespace Serverless.Components.State.Sqlite;

/// <summary>One checked operation.</summary>
/// <param name="Set">The write, or null.</param>
/// <param name="Delete">The deletion, or null.</param>
/// <param name="Text">The value as the text column holds it.</param>
/// <param name="Ttl">How long the value lives, or null.</param>
internal readonly record struct SqliteStateWrite(StateSet? Set, StateDelete? Delete, ReadOnlyMemory<byte> Text, TimeSpan? Ttl)
{
    /// <summary>Checks an operation.</summary>
    /// <returns>Null, or the complaint.</returns>
    public static string? Check(StateOperation operation, out SqliteStateWrite write)
    {
        write = default;
        if (operation.Delete is { } delete)
        {
            write = new SqliteStateWrite(null, delete, default, null);
            return delete.Options.Complaint ?? (delete.Key.Length == 0 ? "missing key in delete operation" : null);
        }

        var set = operation.Set!;
        if ((set.Options.Complaint ?? (set.Key.Length == 0 ? "missing key in set operation" : null)) is { } complaint)
        {
            return complaint;
        }

        if (!StateMetadata.TryReadTtl(set.Metadata, out var ttl, out complaint))
        {
            return complaint;
        }

        write = new SqliteStateWrite(set, null, set.IsBinary ? Encode(set.Value.Span) : set.Value, ttl);
        return null;
    }

    private static byte[] Encode(ReadOnlySpan<byte> value)
    {
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(value.Length)];
        Base64.EncodeToUtf8(value, text, out _, out _);
        return text;
    }
}
