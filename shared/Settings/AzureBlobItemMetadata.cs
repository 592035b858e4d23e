using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Components.Settings;

/// <summary>What an item's metadata becomes: headers of its blob where they name some, else the blob's metadata.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-state-stores/setup-azure-blobstorage, "Setup Azure Blob Storage".</remarks>
internal static class AzureBlobItemMetadata
{
    private const int Md5Length = 16;

    /// <summary>The blob to write.</summary>
    /// <returns>Null, with the complaint, when the metadata can't be used.</returns>
    public static BlobUpload? ToUpload(
        ReadOnlyMemory<byte> content, IReadOnlyDictionary<string, string> items, string? contentType, BlobCondition condition, out string? complaint)
    {
        complaint = null;
        var headers = BlobHeaders.None;
        var metadata = items.Count == 0 ? null : new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in items.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (With(headers, name, value) is { } extended)
            {
                headers = extended;
            }
            else
            {
                // Of two names that are the same by now one remains.
                metadata![OnlyLettersAndDigits(name)] = OnlyHeaderCharacters(value);
            }
        }

        if (headers.ContentMd5 is { } md5 && !IsMd5(md5))
        {
            complaint = "incorrect value for metadata 'contentMD5': expected base64 of 16 bytes";
            return null;
        }

        return new BlobUpload(content)
        {
            Headers = string.IsNullOrEmpty(contentType) ? headers : headers with { ContentType = contentType },
            Metadata = metadata ?? BlobUpload.NoMetadata,
            Condition = condition,
        };
    }

    private static BlobHeaders? With(BlobHeaders headers, string name, string value) => value.Length == 0 ? null : name.ToLowerInvariant() switch
    {
        "contenttype" => headers with { ContentType = value },
        "contentmd5" => headers with { ContentMd5 = value },
        "contentencoding" => headers with { ContentEncoding = value },
        "contentlanguage" => headers with { ContentLanguage = value },
        "contentdisposition" => headers with { ContentDisposition = value },
        "cachecontrol" => headers with { CacheControl = value },
        _ => null,
    };

    private static bool IsMd5(string text)
    {
        Span<byte> bytes = stackalloc byte[Md5Length + 2];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == Md5Length;
    }

    private static string OnlyLettersAndDigits(string name) =>
        name.All(char.IsAsciiLetterOrDigit) ? name : string.Concat(name.Where(char.IsAsciiLetterOrDigit));

    private static string OnlyHeaderCharacters(string value) => value.All(IsHeaderCharacter) ? value : string.Concat(value.Where(IsHeaderCharacter));

    private static bool IsHeaderCharacter(char one) => one is '\t' or (>= ' ' and < '\x7f');
}
