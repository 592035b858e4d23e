using System.Text;

namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>Which of a cluster's slots a key belongs to.</summary>
/// <remarks>
/// Redis docs: reference/cluster-spec, "Key distribution model" and "Hash tags". The CRC-16 (XMODEM: polynomial 0x1021, start 0) of
/// the key, or of what stands between its first <c>{</c> and the next <c>}</c> if that is anything, modulo 16384.
/// </remarks>
internal static class RedisKeySlot
{
    /// <summary>How many slots there are.</summary>
    public const int Count = 16384;

    private const int ShortKey = 384;
    private static readonly ushort[] Table = MakeTable();

    /// <summary>The slot of a key as it is sent.</summary>
    public static int Of(string key)
    {
        if (Encoding.UTF8.GetMaxByteCount(key.Length) > ShortKey)
        {
            return Of(Encoding.UTF8.GetBytes(key));
        }

        Span<byte> bytes = stackalloc byte[ShortKey];
        return Of(bytes[..Encoding.UTF8.GetBytes(key, bytes)]);
    }

    /// <summary>The slot of a key.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open >= 0)
        {
            var tag = key[(open + 1)..];
            var length = tag.IndexOf((byte)'}');
            key = length > 0 ? tag[..length] : key;
        }

        var table = Table;
        ushort sum = 0;
        foreach (var octet in key)
        {
            sum = (ushort)((sum << 8) ^ table[(sum >> 8) ^ octet]);
        }

        return sum % Count;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (var octet = 0; octet < table.Length; octet++)
        {
            var sum = octet << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum & 0x8000) != 0 ? (sum << 1) ^ 0x1021 : sum << 1;
            }

            table[octet] = (ushort)sum;
        }

        return table;
    }
}
