using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Serverless.Backends.ServiceBus;

/// <summary>A token of Service Bus that is signed with a policy's key.</summary>
/// <remarks>Microsoft docs: service-bus-messaging/service-bus-sas, "Generate a Shared Access Signature token".</remarks>
public sealed class SharedAccessSignature
{
    /// <summary>The word that the Authorization header begins with.</summary>
    public const string Scheme = "SharedAccessSignature";

    private readonly string _encodedResource;
    private readonly string _signature;
    private readonly string _expiry;

    private SharedAccessSignature(string encodedResource, string signature, string expiry, string policy)
    {
        _encodedResource = encodedResource;
        _signature = signature;
        _expiry = expiry;
        Policy = policy;
    }

    /// <summary>The policy's name.</summary>
    public string Policy { get; }

    /// <summary>When it ends; null when the token's text has no number there.</summary>
    public DateTimeOffset? ExpiresOn => long.TryParse(_expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>The text of a token, as it stands in the header.</summary>
    public static string Create(string resource, SharedAccessPolicy policy, DateTimeOffset expiresOn)
    {
        var encoded = Uri.EscapeDataString(resource);
        var expiry = expiresOn.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{Scheme} sr={encoded}&sig={Uri.EscapeDataString(Sign(encoded, expiry, policy.Key))}&se={expiry}&skn={Uri.EscapeDataString(policy.Name)}";
    }

    /// <summary>Takes a header apart; null when it is no such token.</summary>
    public static SharedAccessSignature? Read(string header)
    {
        if (!header.StartsWith(Scheme + " ", StringComparison.Ordinal))
        {
            return null;
        }

        var fields = header[(Scheme.Length + 1)..].Split('&')
            .Select(field => field.Split('=', 2))
            .Where(field => field.Length == 2)
            .GroupBy(field => field[0])
            .ToDictionary(group => group.Key, group => group.First()[1]);
        return fields.TryGetValue("sr", out var resource) && fields.TryGetValue("sig", out var signature) && fields.TryGetValue("se", out var expiry) && fields.TryGetValue("skn", out var policy)
            ? new SharedAccessSignature(resource, WebUtility.UrlDecode(signature), expiry, WebUtility.UrlDecode(policy))
            : null;
    }

    /// <summary>True when that key signed it.</summary>
    public bool IsSignedBy(SharedAccessPolicy policy) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(Sign(_encodedResource, _expiry, policy.Key)),
        Encoding.UTF8.GetBytes(_signature));

    /// <summary>True for the resource itself and all below it, with whatever scheme and port.</summary>
    public bool Covers(string host, string path)
    {
        var resource = WebUtility.UrlDecode(_encodedResource);
        if (!Uri.TryCreate(resource.Contains("://", StringComparison.Ordinal) ? resource : $"https://{resource}", UriKind.Absolute, out var uri))
        {
            return false;
        }

        var parent = uri.AbsolutePath.TrimEnd('/') + "/";
        return uri.Host.Equals(host, StringComparison.OrdinalIgnoreCase) && (path.TrimEnd('/') + "/").StartsWith(parent, StringComparison.OrdinalIgnoreCase);
    }

    private static string Sign(string encodedResource, string expiry, string key) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{encodedResource}\n{expiry}")));
}
