using System.Net;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Registry;

namespace Serverless.Components.Sources.AzureBlobs;

/// <summary>The address of a folder in a blob container: <c>https://account.blob…/container[/folder][?signature]</c>.</summary>
/// <remarks>On this machine (an emulator) also <c>http://</c>, and with the account in the path.</remarks>
internal sealed class BlobSourceAddress
{
    private BlobSourceAddress(Uri endpoint, string account, string container, string folder, string signature)
    {
        Endpoint = endpoint;
        Account = account;
        Container = container;
        Folder = folder;
        Signature = signature;
    }

    /// <summary>The Blob service of the account.</summary>
    public Uri Endpoint { get; }

    public string Account { get; }

    public string Container { get; }

    /// <summary>What the blobs' names begin with: empty, or with a slash at its end.</summary>
    public string Folder { get; }

    /// <summary>A shared access signature, or empty.</summary>
    public string Signature { get; }

    /// <summary>True for an emulator's account, whose key is public.</summary>
    public bool IsEmulator => Endpoint.Scheme == Uri.UriSchemeHttp && Account == StorageConnectionString.DevelopmentAccount;

    /// <summary>Reads an address.</summary>
    /// <exception cref="ComponentException">It is not usable; the message quotes nothing of it that may be secret.</exception>
    public static BlobSourceAddress Parse(string text)
    {
        // No query, fragment or user, any of which may be a secret.
        var shown = text.Split('?', '#')[0].Split('@')[^1];
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0 || address.Fragment.Length > 0)
        {
            throw new ComponentException($"resources path '{shown}': not a valid https address");
        }

        if (address.Scheme == Uri.UriSchemeHttp && !IsLoopback(address))
        {
            throw new ComponentException($"resources path '{shown}': plain http is for an emulator on this machine only; use https");
        }

        var segments = address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        var authority = new Uri(address.GetLeftPart(UriPartial.Authority));
        var isPathStyle = address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || address.Host == "localhost";
        var inPath = isPathStyle ? 1 : 0;
        if (segments.Length <= inPath)
        {
            throw new ComponentException($"resources path '{shown}': expected a container{(isPathStyle ? " behind the account" : "")}");
        }

        var account = isPathStyle ? segments[0] : address.Host.Split('.', 2)[0];
        var folder = string.Concat(segments[(inPath + 1)..].Select(segment => segment + "/"));
        return new BlobSourceAddress(isPathStyle ? new Uri(authority, account) : authority, account, segments[inPath], folder, address.Query.TrimStart('?'));
    }

    /// <summary>The address without its signature.</summary>
    public override string ToString() => $"{Endpoint.ToString().TrimEnd('/')}/{Container}{(Folder.Length > 0 ? "/" : "")}{Folder.TrimEnd('/')}";

    private static bool IsLoopback(Uri address) =>
        address.Host == "localhost" || address.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
