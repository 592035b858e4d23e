using Serverless.Backends.KeyVault;
using Serverless.Backends.TokenServers;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.KeyVault;

/// <summary>A vault, the Entra that issues its tokens, and apps on them; the application's secret is in a local store.</summary>
public sealed class KeyVaultApp : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private KeyVaultApp(TokenServer tokens, KeyVaultServer vault)
    {
        Tokens = tokens;
        Vault = vault;
    }

    /// <summary>Entra.</summary>
    public TokenServer Tokens { get; }

    /// <summary>The vault.</summary>
    public KeyVaultServer Vault { get; }

    /// <summary>Host and port, as messages name the vault.</summary>
    public string Authority => Vault.VaultUri.Authority;

    /// <summary>Starts both servers.</summary>
    public static async Task<KeyVaultApp> StartAsync()
    {
        var tokens = await TokenServer.StartAsync();
        return new KeyVaultApp(tokens, await KeyVaultServer.StartAsync(new KeyVaultSettings
        {
            Tokens = tokens,
            TenantId = tokens.TenantId,
            LoginAddress = $"https://localhost:{tokens.HttpsPort}",
        }));
    }

    /// <summary>Starts an app with the store <c>vault</c>.</summary>
    /// <param name="clientSecret">The application's secret; null means the right one.</param>
    /// <param name="more">Further resource files.</param>
    public Task<AppProcess> StartAppAsync(string? clientSecret = null, params (string Name, string Yaml)[] more)
    {
        var secrets = _folder.Write("secrets.json", $$"""{"application": {"secret": "{{clientSecret ?? Tokens.ClientSecret}}"} }""");
        var resources = more.ToDictionary(file => file.Name, file => file.Yaml);
        resources["vault.yaml"] = Store;
        resources["zz-local.yaml"] = Wire.Resources.Component("local", "secretstores.local.file", ("secretsFile", secrets));
        var settings = new AppSettings
        {
            Resources = resources,
            Arguments = ["--log-level", "debug"],
            Environment = new Dictionary<string, string>
            {
                ["AZURE_AUTHORITY_HOST"] = $"https://localhost:{Tokens.HttpsPort}",
                ["SSL_CERT_FILE"] = _folder.Write("authorities.pem", $"{TokenServer.AuthorityPem}\n{Vault.AuthorityPem}\n"),
            },
        };
        return AppProcess.StartAsync(settings, TestContext.Current.CancellationToken);
    }

    /// <summary>Checks that the app wrote none of what it knows.</summary>
    public void AssertNoSecret(AppProcess app, params string[] values)
    {
        Assert.All([.. values, .. Tokens.IssuedTokens, Tokens.ClientSecret], secret => Assert.DoesNotContain(secret, app.Output.Text, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Vault.DisposeAsync();
        await Tokens.DisposeAsync();
        _folder.Dispose();
    }

    private string Store =>
        $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: vault
        spec:
          type: secretstores.azure.keyvault
          version: v1
          metadata:
          - name: vaultUri
            value: {Vault.VaultUri}
          - name: spnTenantId
            value: {Tokens.TenantId}
          - name: azureClientId
            value: {Tokens.ClientId}
          - name: azureClientSecret
            secretKeyRef:
              name: application:secret
          - name: azureAuthMethods
            value: creds
          - name: azureDisableInstanceDiscovery
            value: "true"
        auth:
          secretStore: local
        """;
}
