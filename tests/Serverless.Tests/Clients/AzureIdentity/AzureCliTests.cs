using Azure.Core.Pipeline;
using Azure.Identity;
using Serverless.Components.Clients.AzureIdentity;

namespace Serverless.Tests.Clients.AzureIdentity;

[Collection(nameof(ProcessEnvironment))]
public sealed class AzureCliTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("az").FullName;
    private readonly string? _path = ProcessEnvironment.Read("PATH");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static AzureIdentityOptions CommandLine => new() { Environment = _ => null, Methods = [AzureAuthMethod.AzureCli] };

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task GetToken_SignedIn_IsThatOfTheCommandLine()
    {
        Install("""echo '{ "accessToken": "from-cli", "expires_on": 4102444800, "tenant": "t", "tokenType": "Bearer" }'""");

        var token = await AzureCredentials.Create(CommandLine, TimeProvider.System).GetTokenAsync(EntraServer.NewScope(), Cancel);

        Assert.Equal("from-cli", token.Token);
    }

    [Fact]
    public async Task GetToken_SignedOut_IsUnavailable()
    {
        Install("echo \"Please run 'az login' to setup account.\" >&2; exit 1");

        var refusal = await Assert.ThrowsAsync<CredentialUnavailableException>(async () =>
            await AzureCredentials.Create(CommandLine, TimeProvider.System).GetTokenAsync(EntraServer.NewScope(), Cancel));

        Assert.StartsWith("no Azure identity is available: Azure CLI: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("az login", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetToken_OutsideAzure_ComesAfterManagedIdentity()
    {
        Install("exit 1");
        using var client = new HttpClient(new StuckHandler(isReachable: false));
        var credential = AzureCredentials.Create(CommandLine with { Methods = null }, TimeProvider.System, new HttpClientTransport(client));

        var refusal = await Assert.ThrowsAnyAsync<AuthenticationFailedException>(async () => await credential.GetTokenAsync(EntraServer.NewScope(), Cancel));

        Assert.Equal("managed identity, Azure CLI", credential.ToString());
        Assert.Contains("Azure CLI: ", refusal.Message, StringComparison.Ordinal);
    }

    private void Install(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for az is a shell script");
        var file = Path.Combine(_directory, "az");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Environment.SetEnvironmentVariable("PATH", $"{_directory}{Path.PathSeparator}{_path}");
    }
}
