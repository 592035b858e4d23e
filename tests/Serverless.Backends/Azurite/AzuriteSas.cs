using System.Security.Cryptography;
using System.Text;

namespace Serverless.Backends.Azurite;

/// <summary>Shared access signatures made with the account's key.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/create-account-sas.</remarks>
public static class AzuriteSas
{
    private const string Version = "2021-12-02";

    /// <summary>A query that allows everything on blobs, queues and tables.</summary>
    /// <param name="account">The account.</param>
    /// <param name="key">Its key in Base64.</param>
    /// <param name="permissions">What is allowed, in the order <c>rwdlacup</c>.</param>
    /// <param name="expiry">When it ends.</param>
    public static string ForAccount(string account, string key, string permissions = "rwdlacup", string expiry = "2099-01-01T00:00:00Z")
    {
        var text = $"{account}\n{permissions}\nbqt\nsco\n\n{expiry}\n\n\n{Version}\n\n";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(text)));
        return $"sv={Version}&ss=bqt&srt=sco&sp={permissions}&se={Uri.EscapeDataString(expiry)}&sig={Uri.EscapeDataString(signature)}";
    }
}
