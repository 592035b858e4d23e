using System.Buffers;
using System.Globalization;
using System.Text;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>Writes a decoded request path back as a target, as YARP does: every percent sign becomes <c>%25</c>.</summary>
/// <remarks>Kestrel leaves <c>%2F</c> encoded in its decoded path, so <c>%2F</c> and <c>%252F</c> are both <c>%252F</c> afterwards.</remarks>
internal static class PathEncoding
{
    private static readonly SearchValues<char> Unescaped =
        SearchValues.Create("!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");

    public static string Encode(string path)
    {
        if (!path.AsSpan().ContainsAnyExcept(Unescaped))
        {
            return path;
        }

        var encoded = new StringBuilder(path.Length + 16);
        foreach (var rune in path.EnumerateRunes())
        {
            Append(encoded, rune);
        }

        return encoded.ToString();
    }

    private static void Append(StringBuilder encoded, Rune rune)
    {
        if (rune.IsAscii && Unescaped.Contains((char)rune.Value))
        {
            encoded.Append((char)rune.Value);
            return;
        }

        Span<byte> bytes = stackalloc byte[4];
        foreach (var octet in bytes[..rune.EncodeToUtf8(bytes)])
        {
            encoded.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }
    }
}
