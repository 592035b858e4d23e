using System.Globalization;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Components.Bindings.AzureBlobStorage;

/// <summary>Writes blobs of a listing as Dapr answers them: every field of Azure's Go library under its Go name, null where it is absent.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/list-blobs; azure-sdk-for-go, container.BlobItem.</remarks>
internal static class BlobListJson
{
    private static readonly (string Name, string Element, Kind Kind)[] Properties =
    [
        ("ETag", "Etag", Kind.Text), ("LastModified", "Last-Modified", Kind.Time), ("ACL", "Acl", Kind.Text), ("AccessTier", "AccessTier", Kind.Text),
        ("AccessTierChangeTime", "AccessTierChangeTime", Kind.Time), ("AccessTierInferred", "AccessTierInferred", Kind.Boolean),
        ("ArchiveStatus", "ArchiveStatus", Kind.Text), ("BlobSequenceNumber", "x-ms-blob-sequence-number", Kind.Number), ("BlobType", "BlobType", Kind.Text),
        ("CacheControl", "Cache-Control", Kind.Text), ("ContentDisposition", "Content-Disposition", Kind.Text), ("ContentEncoding", "Content-Encoding", Kind.Text),
        ("ContentLanguage", "Content-Language", Kind.Text), ("ContentLength", "Content-Length", Kind.Number), ("ContentMD5", "Content-MD5", Kind.Text),
        ("ContentType", "Content-Type", Kind.Text), ("CopyCompletionTime", "CopyCompletionTime", Kind.Time), ("CopyID", "CopyId", Kind.Text),
        ("CopyProgress", "CopyProgress", Kind.Text), ("CopySource", "CopySource", Kind.Text), ("CopyStatus", "CopyStatus", Kind.Text),
        ("CopyStatusDescription", "CopyStatusDescription", Kind.Text), ("CreationTime", "Creation-Time", Kind.Time),
        ("CustomerProvidedKeySHA256", "CustomerProvidedKeySha256", Kind.Text), ("DeletedTime", "DeletedTime", Kind.Time),
        ("DestinationSnapshot", "DestinationSnapshot", Kind.Text), ("EncryptionScope", "EncryptionScope", Kind.Text), ("ExpiresOn", "Expiry-Time", Kind.Time),
        ("Group", "Group", Kind.Text), ("ImmutabilityPolicyExpiresOn", "ImmutabilityPolicyUntilDate", Kind.Time),
        ("ImmutabilityPolicyMode", "ImmutabilityPolicyMode", Kind.Text), ("IncrementalCopy", "IncrementalCopy", Kind.Boolean), ("IsSealed", "Sealed", Kind.Boolean),
        ("LastAccessedOn", "LastAccessTime", Kind.Time), ("LeaseDuration", "LeaseDuration", Kind.Text), ("LeaseState", "LeaseState", Kind.Text),
        ("LeaseStatus", "LeaseStatus", Kind.Text), ("LegalHold", "LegalHold", Kind.Boolean), ("Owner", "Owner", Kind.Text), ("Permissions", "Permissions", Kind.Text),
        ("RehydratePriority", "RehydratePriority", Kind.Text), ("RemainingRetentionDays", "RemainingRetentionDays", Kind.Number),
        ("ResourceType", "ResourceType", Kind.Text), ("ServerEncrypted", "ServerEncrypted", Kind.Boolean), ("TagCount", "TagCount", Kind.Number),
    ];

    private enum Kind
    {
        Text,
        Number,
        Boolean,
        Time,
    }

    /// <summary>Writes a page's blobs into the array that <paramref name="json"/> is in.</summary>
    /// <returns>How many there were, and where the next page begins; empty after the last one.</returns>
    /// <exception cref="XmlException">The text is no whole listing.</exception>
    public static (int Count, string Next) Write(Utf8JsonWriter json, ReadOnlyMemory<byte> xml)
    {
        using var reader = BlobListing.CreateReader(xml);
        var page = XElement.Load(reader);
        var blobs = page.Element("Blobs")?.Elements("Blob").ToList() ?? throw new XmlException("the listing has no blobs");
        foreach (var blob in blobs)
        {
            WriteBlob(json, blob);
        }

        return (blobs.Count, page.Element("NextMarker")?.Value ?? "");
    }

    private static void WriteBlob(Utf8JsonWriter json, XElement blob)
    {
        json.WriteStartObject();
        WriteValue(json, "Deleted", blob.Element("Deleted"), Kind.Boolean);
        var name = blob.Element("Name");
        json.WriteString("Name", name?.Attribute("Encoded")?.Value == "true" ? Uri.UnescapeDataString(name.Value) : name?.Value);
        json.WriteStartObject("Properties");
        var properties = blob.Element("Properties");
        foreach (var (field, element, kind) in Properties)
        {
            WriteValue(json, field, properties?.Element(element), kind);
        }

        json.WriteEndObject();
        WriteValue(json, "Snapshot", blob.Element("Snapshot"), Kind.Text);
        json.WriteNull("BlobTags");
        WriteValue(json, "HasVersionsOnly", blob.Element("HasVersionsOnly"), Kind.Boolean);
        WriteValue(json, "IsCurrentVersion", blob.Element("IsCurrentVersion"), Kind.Boolean);
        WriteMap(json, "Metadata", blob.Element("Metadata"));
        WriteMap(json, "OrMetadata", blob.Element("OrMetadata"));
        WriteValue(json, "VersionID", blob.Element("VersionId"), Kind.Text);
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, XElement? element)
    {
        if (element?.HasElements != true)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        foreach (var item in element.Elements().OrderBy(item => item.Name.LocalName, StringComparer.Ordinal))
        {
            json.WriteString(item.Name.LocalName, item.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, XElement? element, Kind kind)
    {
        json.WritePropertyName(name);
        switch (element?.Value, kind)
        {
            case ({ } text, Kind.Text):
                json.WriteStringValue(text);
                break;
            case ({ } text, Kind.Number) when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                json.WriteNumberValue(number);
                break;
            case ({ Length: > 0 } text, Kind.Boolean):
                json.WriteBooleanValue(text.Equals("true", StringComparison.OrdinalIgnoreCase));
                break;
            case ({ } text, Kind.Time) when DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time):
                json.WriteStringValue(time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
