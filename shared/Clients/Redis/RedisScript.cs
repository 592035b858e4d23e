using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Serverless.Components.Clients.Redis;

/// <summary>A Lua script. It is sent by its digest, and in full when the server does not know it.</summary>
/// <remarks>Redis docs: commands/evalsha, "NOSCRIPT".</remarks>
internal sealed class RedisScript
{
    /// <summary>Takes the source; <paramref name="isReadOnly"/> when it writes nothing.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by their SHA-1 digest; nothing secret rests on it.")]
    public RedisScript(string text, bool isReadOnly = false)
    {
        Text = text;
        IsReadOnly = isReadOnly;
        Digest = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The source.</summary>
    public string Text { get; }

    /// <summary>True when it writes nothing.</summary>
    public bool IsReadOnly { get; }

    /// <summary>The source's SHA-1 digest, 40 hex digits.</summary>
    public string Digest { get; }
}
