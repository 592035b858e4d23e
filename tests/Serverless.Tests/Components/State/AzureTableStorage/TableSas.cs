using System.Security.Cryptography;
using System.Text;

namespace Serverless.Tests.Components.State.AzureTableStorage;

/// <summary>A shared access signature for all of an account's tables.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/create-account-sas.</remarks>
internal static class TableSas
{
    private const string Version = "2021-12-02";
    private const string Expiry = "2099-01-01T00:00:00Z";

    public static string Create(string account, string key)
    {
        var text = string.Join('\n', account, "rwdlacu", "t", "sco", "", Expiry, "", "", Version, "", "");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(text)));
        return $"sv={Version}&ss=t&srt=sco&sp=rwdlacu&se={Uri.EscapeDataString(Expiry)}&sig={Uri.EscapeDataString(signature)}";
    }
}
