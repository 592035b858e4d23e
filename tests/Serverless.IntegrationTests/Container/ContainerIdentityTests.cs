using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.Backends.TokenServers;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Container;

/// <summary>A container over https, read with the token of a managed identity.</summary>
public sealed class ContainerIdentityTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManagedIdentity_ReadsTheContainer()
    {
        using var certificates = new CertificateSet();
        await using var azurite = await AzuriteServer.StartAsync(new AzuriteSettings { Certificates = certificates }, Token);
        await using var tokens = await TokenServer.StartAsync();
        tokens.UserAssigned.Add("9d1c0000-0000-4000-8000-000000000001");
        using var folder = new TempFolder();
        using var container = await AzuriteContainer.CreateAsync(azurite, "components", Token, certificates.Authority);
        await container.PutAsync("one.yaml", Resources.InMemoryStore("one"), Token);

        var settings = new AppSettings
        {
            Environment = new Dictionary<string, string>
            {
                ["IDENTITY_ENDPOINT"] = tokens.IdentityEndpoint,
                ["IDENTITY_HEADER"] = tokens.IdentityHeader,
                ["AZURE_CLIENT_ID"] = "9d1c0000-0000-4000-8000-000000000001",
                ["SSL_CERT_FILE"] = folder.Write("authority.pem", certificates.AuthorityPem),
            },
        };
        await using var app = await ContainerApp.StartAsync(container.Address, settings);

        await app.AnswersAsync("one", 204);
        var request = Assert.Single(tokens.TokenRequests);
        Assert.Equal(("https://storage.azure.com", "9d1c0000-0000-4000-8000-000000000001"), (request["resource"], request["client_id"]));
        Assert.DoesNotContain(tokens.IssuedTokens, token => app.App.Output.Text.Contains(token, StringComparison.Ordinal));
    }
}
