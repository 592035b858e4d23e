namespace Serverless.Components.Clients.AzureStorage;

/// <summary>Where a service of a storage account is: in the host's name (<c>account.table.…</c>) or, for emulators, in the path.</summary>
internal static class StorageEndpoint
{
    /// <summary>Reads an address; its query, which may be a signature, is not part of it.</summary>
    /// <exception cref="FormatException">It is no http address; the message does not quote it.</exception>
    public static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) || !IsHttp(address))
        {
            throw new FormatException("the endpoint is no http or https address");
        }

        return new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/'));
    }

    /// <summary>The address of an account that has no endpoint of its own.</summary>
    public static Uri Default(string account, StorageService service, string suffix, string scheme = "https")
    {
        var label = service switch { StorageService.Blob => "blob", StorageService.Queue => "queue", _ => "table" };
        return Uri.TryCreate($"{scheme}://{account}.{label}.{suffix}", UriKind.Absolute, out var address) && IsHttp(address) && address.IdnHost.StartsWith(account, StringComparison.OrdinalIgnoreCase)
            ? address
            : throw new FormatException("the account name makes no valid address");
    }

    /// <summary>The endpoint with the account in its path when neither host nor path names it.</summary>
    public static Uri WithAccountPath(Uri endpoint, string account)
    {
        var isInHost = endpoint.Host.StartsWith(account + ".", StringComparison.OrdinalIgnoreCase);
        return isInHost || endpoint.AbsolutePath.Trim('/').Length > 0 ? endpoint : new Uri($"{endpoint.GetLeftPart(UriPartial.Authority)}/{account}");
    }

    /// <summary>The account that an endpoint names.</summary>
    /// <exception cref="FormatException">It names none.</exception>
    public static string AccountOf(Uri endpoint) =>
        endpoint.AbsolutePath.Trim('/').Split('/')[0] is { Length: > 0 } first ? first
        : endpoint.HostNameType == UriHostNameType.Dns && endpoint.Host.IndexOf('.', StringComparison.Ordinal) is > 0 and var end ? endpoint.Host[..end]
        : throw new FormatException("the endpoint names no account");

    private static bool IsHttp(Uri address) => address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps;
}
