using Azure.Core;
using Azure.Identity;
using Serverless.Components.Clients.AzureIdentity;

namespace Serverless.Components.Settings;

/// <summary>Tokens of Microsoft Entra as passwords of Azure Database for PostgreSQL; the credential keeps the one at hand.</summary>
/// <remarks>Microsoft docs: azure/postgresql/flexible-server/how-to-configure-sign-in-microsoft-entra-id. Nobody is asked before the first token.</remarks>
internal sealed class PostgreSqlEntraTokens(Func<TokenCredential> create, AzureCloud? cloud)
{
    private readonly Lazy<TokenCredential> _credential = new(create);
    private readonly string[] _scopes = [$"https://ossrdbms-aad.database.{Domain(cloud)}/.default"];

    /// <summary>The token at hand, or a new one when that is about to end.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says why, without any secret.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _credential.Value.GetTokenAsync(new TokenRequestContext(_scopes), cancellationToken)).Token;
        }
        catch (Exception fault) when (fault is AuthenticationFailedException or FormatException)
        {
            throw new InvalidOperationException($"no token: {fault.Message}", fault);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever else a library lets out may hold a secret in its text.
            throw new InvalidOperationException($"no token: {fault.GetType().Name}");
        }
    }

    private static string Domain(AzureCloud? cloud) =>
        cloud == AzureCloud.China ? "chinacloudapi.cn"
        : cloud == AzureCloud.UsGovernment ? "usgovcloudapi.net"
        : "windows.net";
}
