using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Serverless.Components.Registry;

namespace Serverless.Components.State;

/// <summary>AES-GCM encryption of stored values.</summary>
/// <remarks>
/// Dapr docs: developing-applications/building-blocks/state-management/howto-encrypt-state. Stored form: base64 of
/// nonce (12 bytes), ciphertext and tag (16 bytes), then <c>||</c> and the name of the key's secret.
/// </remarks>
public sealed class StateEncryption
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private static readonly byte[] Separator = "||"u8.ToArray();
    private readonly (string Name, byte[] Key) _primary;
    private readonly (string Name, byte[] Key)? _secondary;

    private StateEncryption((string Name, byte[] Key) primary, (string Name, byte[] Key)? secondary)
    {
        _primary = primary;
        _secondary = secondary;
    }

    /// <summary>Reads <c>primaryEncryptionKey</c> and <c>secondaryEncryptionKey</c>; null when neither is there.</summary>
    /// <exception cref="ComponentException">A key is no secret reference, is no hex AES key, or the primary one is missing.</exception>
    public static StateEncryption? Create(ComponentContext context)
    {
        var primary = ReadKey(context, "primaryEncryptionKey");
        var secondary = ReadKey(context, "secondaryEncryptionKey");
        if (primary is null && secondary is not null)
        {
            throw new ComponentException($"component '{context.Name}': metadata 'secondaryEncryptionKey': expected a primaryEncryptionKey beside it");
        }

        return primary is null ? null : new StateEncryption(primary.Value, secondary);
    }

    /// <summary>Encrypts with the primary key.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> value)
    {
        var sealedValue = new byte[NonceSize + value.Length + TagSize];
        var nonce = sealedValue.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_primary.Key, TagSize);
        aes.Encrypt(nonce, value, sealedValue.AsSpan(NonceSize, value.Length), sealedValue.AsSpan(NonceSize + value.Length));
        return Encoding.UTF8.GetBytes($"{Convert.ToBase64String(sealedValue)}||{_primary.Name}");
    }

    /// <summary>Decrypts with the key whose secret name stands behind the value.</summary>
    /// <exception cref="CryptographicException">The value is not encrypted, names an unknown key, or was altered.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> stored)
    {
        // The first separator: base64 has none, a secret's name may.
        var split = stored.IndexOf(Separator);
        if (split < 0)
        {
            throw new CryptographicException("the stored value is not encrypted");
        }

        var sealedValue = new byte[Base64.GetMaxDecodedFromUtf8Length(split)];
        if (Base64.DecodeFromUtf8(stored[..split], sealedValue, out _, out var length) != OperationStatus.Done || length < NonceSize + TagSize)
        {
            throw new CryptographicException("the stored value is damaged");
        }

        var name = Encoding.UTF8.GetString(stored[(split + Separator.Length)..]);
        return name == _primary.Name ? DecryptWithPrimary(sealedValue.AsSpan(0, length))
            : name == _secondary?.Name ? Open(_secondary.Value.Key, sealedValue.AsSpan(0, length))
            : throw new CryptographicException("the stored value was encrypted with a key that this component does not have");
    }

    private byte[] DecryptWithPrimary(ReadOnlySpan<byte> sealedValue)
    {
        try
        {
            return Open(_primary.Key, sealedValue);
        }
        catch (AuthenticationTagMismatchException) when (_secondary?.Name == _primary.Name)
        {
            // Both keys stand in one secret, so the name does not tell them apart.
            return Open(_secondary!.Value.Key, sealedValue);
        }
    }

    private static byte[] Open(byte[] key, ReadOnlySpan<byte> sealedValue)
    {
        var value = new byte[sealedValue.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(sealedValue[..NonceSize], sealedValue.Slice(NonceSize, value.Length), sealedValue[^TagSize..], value);
        return value;
    }

    private static (string Name, byte[] Key)? ReadKey(ComponentContext context, string item)
    {
        if (context.Metadata.Find(item) is not { } found)
        {
            return null;
        }

        if (found.SecretName is not { } secret)
        {
            throw new ComponentException($"component '{context.Name}': metadata '{item}': expected a secretKeyRef");
        }

        try
        {
            var key = Convert.FromHexString(found.Value);
            return key.Length is 16 or 24 or 32
                ? (secret, key)
                : throw new ComponentException($"component '{context.Name}': metadata '{item}': expected a hex AES key of 16, 24 or 32 bytes");
        }
        catch (FormatException)
        {
            throw new ComponentException($"component '{context.Name}': metadata '{item}': expected a hex AES key of 16, 24 or 32 bytes");
        }
    }
}
