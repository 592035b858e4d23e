using System.Security.Cryptography.X509Certificates;
using Serverless.Backends.KeyVault;
using Serverless.Backends.Network;

namespace Serverless.IntegrationTests.Backends;

/// <summary>One run of Microsoft's JavaScript clients against a vault; each check printed a line.</summary>
public sealed class KeyVaultClientFixture : IAsyncLifetime
{
    private const string Install = "cd tests/keyvault-clients && npm ci --ignore-scripts";

    /// <summary>All lines.</summary>
    public string Output { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var folder = Path.Combine(TestEnvironment.RepositoryRoot, "tests", "keyvault-clients");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            throw new InvalidOperationException($"the Key Vault clients are not installed; run: {Install}");
        }

        using var files = new TempFolder();
        using var certificates = new CertificateSet();
        var authority = files.Write("ca.pem", certificates.AuthorityPem);
        using var key = certificates.Authority.GetECDsaPrivateKey()!;
        files.Write("ca.key", key.ExportPkcs8PrivateKeyPem());
        await using var server = await KeyVaultServer.StartAsync(new KeyVaultSettings { Certificates = certificates });
        await using var node = ChildProcess.Start(
            "node",
            ["check.mjs", server.VaultUri.ToString().TrimEnd('/'), files.Root],
            new Dictionary<string, string> { ["NODE_EXTRA_CA_CERTS"] = authority, ["VAULT_TOKEN"] = server.Token },
            folder);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        await node.WaitForExitAsync(limit.Token);
        Output = node.Output.Text;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
