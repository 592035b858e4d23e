using System.Security.Cryptography;
using System.Text;

namespace Serverless.Components.Workflows.Engine;

/// <summary>GUIDs that follow from a name: RFC 4122, version 5.</summary>
internal static class NameBasedGuid
{
    private static readonly byte[] Space = new Guid("6e1f2c0a-9f0b-4d5e-8a63-2d7f5b1c9e44").ToByteArray(bigEndian: true);

    public static Guid Create(string name)
    {
        var bytes = new byte[Space.Length + Encoding.UTF8.GetByteCount(name)];
        Space.CopyTo(bytes, 0);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(Space.Length));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // Version 5 is defined over SHA-1; nothing is protected by it.
        SHA1.HashData(bytes, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
