using System.Buffers;
using System.Collections.Frozen;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>What a sender's property can be as a header of its own, in which form a message travels alone.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/servicebus/send-message-to-queue. Header names: RFC 9110, section 5.6.2.</remarks>
internal static class ServiceBusHeader
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly string[] TakenPrefixes = ["accept", "access-control-", "content-", "if-", "proxy-", "sec-", "x-ms-"];

    private static readonly FrozenSet<string> Taken = FrozenSet.ToFrozenSet(
        [
            "Age", "Allow", "Authorization", "BrokerProperties", "Cache-Control", "Connection", "Cookie", "Date", "ETag", "Expect", "Expires", "Forwarded", "From", "Host", "Keep-Alive",
            "Last-Modified", "Location", "Max-Forwards", "Origin", "Pragma", "Range", "Referer", "Request-Id", "Retry-After", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Via", "Warning",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>True for a name that HTTP and the service give no meaning to.</summary>
    public static bool IsFree(string name) =>
        name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters) && !Taken.Contains(name)
        && !Array.Exists(TakenPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>True for a value that a header can hold.</summary>
    public static bool IsPrintable(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>A string as the service expects it.</summary>
    public static string Quote(string value) => $"\"{value.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
