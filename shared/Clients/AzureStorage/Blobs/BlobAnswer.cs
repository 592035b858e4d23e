using System.Globalization;
using Azure;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>Reads the service's answers.</summary>
internal static class BlobAnswer
{
    private const string MetadataPrefix = "x-ms-meta-";

    /// <summary>The outcome that a refusal stands for; null when it is none that callers expect.</summary>
    /// <remarks>By its code: a 404 of a proxy tells nothing of a blob. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes.</remarks>
    public static BlobOutcome? OutcomeOf(Response response) => response.Status == 304 ? BlobOutcome.NotModified : AzureError.Read(response).Code switch
    {
        "BlobNotFound" => BlobOutcome.BlobMissing,
        "ContainerNotFound" => BlobOutcome.ContainerMissing,
        "ConditionNotMet" or "BlobAlreadyExists" => BlobOutcome.ConditionNotMet,
        { } code when code.StartsWith("Lease", StringComparison.Ordinal) => BlobOutcome.LeaseConflict,
        _ => null,
    };

    /// <summary>The ETag with its quotes; null when there is none.</summary>
    public static string? ETagOf(Response response) => Header(response, "ETag");

    /// <summary>How long a broken lease still holds; null for other answers.</summary>
    public static TimeSpan? LeaseTimeOf(Response response) =>
        int.TryParse(Header(response, "x-ms-lease-time"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>What the headers tell of a blob; null when they have no ETag.</summary>
    public static BlobProperties? PropertiesOf(Response response) => ETagOf(response) is not { } etag ? null : new BlobProperties(etag)
    {
        Length = LengthOf(response),
        LastModified = ReadTime(Header(response, "Last-Modified")),
        LeaseState = Header(response, "x-ms-lease-state"),
        Metadata = MetadataOf(response),
        Headers = new BlobHeaders
        {
            ContentType = Header(response, "Content-Type"),

            // A part has one of its own, if any.
            ContentMd5 = Header(response, "x-ms-blob-content-md5") ?? (response.Status == 200 ? Header(response, "Content-MD5") : null),
            ContentEncoding = Header(response, "Content-Encoding"),
            ContentLanguage = Header(response, "Content-Language"),
            ContentDisposition = Header(response, "Content-Disposition"),
            CacheControl = Header(response, "Cache-Control"),
        },
    };

    /// <summary>A time as headers and listings have it; the year 1 for anything else.</summary>
    public static DateTimeOffset ReadTime(string? text) =>
        DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;

    private static long LengthOf(Response response)
    {
        var range = Header(response, "Content-Range");
        var text = range is null ? Header(response, "Content-Length") : range[(range.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : 0;
    }

    private static Dictionary<string, string> MetadataOf(Response response)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in response.Headers)
        {
            if (header.Name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            {
                metadata[header.Name[MetadataPrefix.Length..]] = header.Value;
            }
        }

        return metadata;
    }

    private static string? Header(Response response, string name) => response.Headers.TryGetValue(name, out var value) ? value : null;
}
