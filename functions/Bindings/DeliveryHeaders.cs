using System.Collections.Frozen;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Http;

namespace Serverless.Functions.Bindings;

/// <summary>Turns the metadata of an event into headers of the call.</summary>
/// <remarks>Dapr: pkg/messaging/v1, InternalMetadataToHTTPHeader. What frames the message or belongs to one connection is left out.</remarks>
internal static class DeliveryHeaders
{
    private const string ReservedPrefix = "grpc-";

    private static readonly FrozenSet<string> Dropped = FrozenSet.ToFrozenSet(
        [
            "content-type", "content-length", "connection", "expect", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
            "transfer-encoding", "upgrade",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The headers, with names as Go writes them (<c>readTimeUTC</c> is <c>Readtimeutc</c>), and those of the trace.</summary>
    public static List<KeyValuePair<string, string>> From(IReadOnlyDictionary<string, string> metadata)
    {
        var headers = new List<KeyValuePair<string, string>>(metadata.Count + 1);
        foreach (var (key, value) in metadata)
        {
            var name = key.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase) ? $"dapr-{key}" : key;
            if (HeaderText.IsName(name) && !Dropped.Contains(name) && !CallTrace.Owns(name) && !name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase))
            {
                headers.Add(new(Canonical(name), HeaderText.ToValue(value)));
            }
        }

        CallTrace.AddTo(headers, metadata);
        return headers;
    }

    // Go: textproto.CanonicalMIMEHeaderKey of the lower-case name.
    private static string Canonical(string name) => string.Create(name.Length, name, static (target, source) =>
    {
        var isFirst = true;
        for (var index = 0; index < source.Length; index++)
        {
            target[index] = isFirst ? char.ToUpperInvariant(source[index]) : char.ToLowerInvariant(source[index]);
            isFirst = source[index] == '-';
        }
    });
}
