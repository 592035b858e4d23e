using System.Globalization;
using Azure.Core;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>Builds the requests to one container; sends nothing.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api.</remarks>
/// <param name="rest">What messages are made with.</param>
/// <param name="container">The container's address.</param>
internal sealed partial class BlobRequests(AzureRestClient rest, Uri container)
{
    private const string Version = "2021-12-02";
    private const int MostMetadata = 8 * 1024;
    private const int LargestPage = 5000;

    /// <summary>Repeated freely: a container that an attempt made is found by the next.</summary>
    public HttpMessage CreateContainer(BlobAccess access)
    {
        var message = OnContainer(RequestMethod.Put, RepeatRule.Freely);
        if (access != BlobAccess.None)
        {
            message.Request.Headers.SetValue("x-ms-blob-public-access", access == BlobAccess.Blob ? "blob" : "container");
        }

        return message;
    }

    public HttpMessage DeleteContainer() => OnContainer(RequestMethod.Delete, RepeatRule.IfNotExecuted);

    public HttpMessage HeadContainer() => OnContainer(RequestMethod.Head, RepeatRule.Freely);

    public HttpMessage Put(string name, BlobUpload upload)
    {
        var message = OnBlob(RequestMethod.Put, name, RepeatRule.IfNotExecuted);
        var headers = message.Request.Headers;
        headers.SetValue("x-ms-blob-type", "BlockBlob");
        Set(headers, upload.Headers);
        Set(headers, upload.Metadata);
        Set(headers, upload.Condition);
        message.Request.Content = RequestContent.Create(upload.Content);
        return message;
    }

    public HttpMessage Get(string name, BlobCondition condition, BlobRange? range)
    {
        var message = OnBlob(RequestMethod.Get, name, RepeatRule.Freely);
        Set(message.Request.Headers, condition);
        if (range is { } part)
        {
            message.Request.Headers.SetValue("x-ms-range", part.ToString());
        }

        return message;
    }

    public HttpMessage Head(string name, BlobCondition condition)
    {
        var message = OnBlob(RequestMethod.Head, name, RepeatRule.Freely);
        Set(message.Request.Headers, condition);
        return message;
    }

    public HttpMessage SetMetadata(string name, IReadOnlyDictionary<string, string> metadata, BlobCondition condition)
    {
        var message = OnBlob(RequestMethod.Put, name, RepeatRule.IfNotExecuted);
        message.Request.Uri.AppendQuery("comp", "metadata");
        Set(message.Request.Headers, metadata);
        Set(message.Request.Headers, condition);
        return message;
    }

    public HttpMessage Delete(string name, BlobCondition condition, BlobSnapshots snapshots)
    {
        var message = OnBlob(RequestMethod.Delete, name, RepeatRule.IfNotExecuted);
        Set(message.Request.Headers, condition);
        if (snapshots != BlobSnapshots.Keep)
        {
            message.Request.Headers.SetValue("x-ms-delete-snapshots", snapshots == BlobSnapshots.Include ? "include" : "only");
        }

        return message;
    }

    public HttpMessage List(BlobQuery query)
    {
        if (query.PageSize is < 1 or > LargestPage)
        {
            throw new BlobRequestException($"a page of a listing has 1 to {LargestPage} blobs");
        }

        var message = OnContainer(RequestMethod.Get, RepeatRule.Freely);
        var uri = message.Request.Uri;
        uri.AppendQuery("comp", "list");
        Append(uri, "prefix", query.Prefix);
        Append(uri, "delimiter", query.Delimiter);
        Append(uri, "marker", query.Marker);
        Append(uri, "maxresults", query.PageSize?.ToString(CultureInfo.InvariantCulture));
        Append(uri, "include", string.Join(',', query.IncludesMetadata ? [.. query.Includes, "metadata"] : query.Includes));
        return message;
    }

    private static void Append(RequestUriBuilder uri, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            uri.AppendQuery(name, value, escapeValue: true);
        }
    }

    private static void Set(RequestHeaders headers, BlobHeaders values)
    {
        Set(headers, "x-ms-blob-content-type", values.ContentType);
        Set(headers, "x-ms-blob-content-md5", values.ContentMd5);
        Set(headers, "x-ms-blob-content-encoding", values.ContentEncoding);
        Set(headers, "x-ms-blob-content-language", values.ContentLanguage);
        Set(headers, "x-ms-blob-content-disposition", values.ContentDisposition);
        Set(headers, "x-ms-blob-cache-control", values.CacheControl);
    }

    private static void Set(RequestHeaders headers, BlobCondition condition)
    {
        Set(headers, "If-Match", condition.IfMatch);
        Set(headers, "If-None-Match", condition.IfNoneMatch);
        Set(headers, "x-ms-lease-id", condition.LeaseId);
    }

    private static void Set(RequestHeaders headers, IReadOnlyDictionary<string, string> metadata)
    {
        var size = 0;
        foreach (var (name, value) in metadata)
        {
            if (!IsMetadataName(name))
            {
                throw new BlobRequestException("a metadata name has letters, digits and underscores, and no digit first");
            }

            Set(headers, $"x-ms-meta-{name}", value);
            size += name.Length + value.Length;
        }

        if (size > MostMetadata)
        {
            throw new BlobRequestException($"a blob's metadata has at most {MostMetadata} characters, names included; these have {size}");
        }
    }

    private static bool IsMetadataName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(one => char.IsAsciiLetterOrDigit(one) || one == '_');

    // A header with anything else would not arrive as it was signed, or not alone.
    private static void Set(RequestHeaders headers, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (value.Any(one => one is (< ' ' and not '\t') or >= '\x7f'))
        {
            throw new BlobRequestException($"the value of '{name}' must be printable ASCII");
        }

        headers.SetValue(name, value.Trim());
    }

    private HttpMessage OnBlob(RequestMethod method, string name, RepeatRule repeat)
    {
        var path = BlobNames.Escape(name);
        var message = Create(method, repeat);
        message.Request.Uri.AppendPath($"/{path}", escape: false);
        return message;
    }

    private HttpMessage OnContainer(RequestMethod method, RepeatRule repeat)
    {
        var message = Create(method, repeat);
        message.Request.Uri.AppendQuery("restype", "container");
        return message;
    }

    private HttpMessage Create(RequestMethod method, RepeatRule repeat)
    {
        var message = rest.CreateMessage(method, repeat);
        message.Request.Uri.Reset(container);
        message.Request.Headers.SetValue("x-ms-version", Version);
        return message;
    }
}
