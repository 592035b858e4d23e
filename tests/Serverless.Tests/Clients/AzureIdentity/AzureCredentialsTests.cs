using System.Security.Cryptography.X509Certificates;
using System.Text;
using Azure.Core;
using Azure.Identity;
using Serverless.Backends.TokenServers;
using Serverless.Components.Clients.AzureIdentity;

namespace Serverless.Tests.Clients.AzureIdentity;

public sealed class AzureCredentialsTests : IAsyncLifetime
{
    private static readonly X509Certificate2 Certificate = TestCertificates.Create("app");
    private readonly string _directory = Directory.CreateTempSubdirectory("identity").FullName;
    private EntraServer _server = null!;

    private TokenServer Tokens => _server.Tokens;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EntraServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task ClientSecret_Right_GivesATokenThatIsCached()
    {
        var scope = new TokenRequestContext(["https://redis.azure.com/.default"]);
        var credential = _server.Create(_server.WithSecret);

        var token = await credential.GetTokenAsync(scope, Cancel);
        var again = await credential.GetTokenAsync(scope, Cancel);

        Assert.Equal(Assert.Single(Tokens.IssuedTokens), token.Token);
        Assert.Equal(token.Token, again.Token);
        Assert.Equal(Tokens.ObjectId, JwtClaims.ReadObjectId(token.Token));
        Assert.InRange(token.ExpiresOn, TimeProvider.System.GetUtcNow().AddMinutes(58), TimeProvider.System.GetUtcNow().AddMinutes(61));
        Assert.Equal("login.microsoftonline.com", Assert.Single(Tokens.TokenRequests).Host);
    }

    [Theory]
    [InlineData("AzurePublicCloud", "login.microsoftonline.com")]
    [InlineData("AzureChinaCloud", "login.chinacloudapi.cn")]
    [InlineData("AzureUSGovernmentCloud", "login.microsoftonline.us")]
    public async Task Cloud_Stated_IsAskedEvenWhenAnotherAuthorityIsInjected(string name, string host)
    {
        _server.Environment["AZURE_AUTHORITY_HOST"] = "https://elsewhere.test/";

        await _server.GetTokenAsync(_server.WithSecret with { Cloud = AzureCloudTests.Find(name) });

        Assert.Equal(host, Assert.Single(Tokens.TokenRequests).Host);
    }

    [Fact]
    public async Task Cloud_NotStated_InjectedAuthorityIsAsked()
    {
        _server.Environment["AZURE_AUTHORITY_HOST"] = "https://login.chinacloudapi.cn/";

        await _server.GetTokenAsync(_server.WithSecret);

        Assert.Equal("login.chinacloudapi.cn", Assert.Single(Tokens.TokenRequests).Host);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Application_InAPrivateCloud_NeedNotBeListedByEntra(bool hasSecret, bool skipsDiscovery)
    {
        // What is found out about an authority is kept for the whole process.
        var authority = $"login{Guid.NewGuid():N}.test";
        Tokens.ClientCertificate = Certificate;
        _server.Environment["AZURE_AUTHORITY_HOST"] = $"https://{authority}/";
        var application = hasSecret ? _server.WithSecret : _server.Application with { Certificate = Encoding.UTF8.GetBytes(Certificate.ToPem()) };

        await _server.GetTokenAsync(application with { DisableInstanceDiscovery = skipsDiscovery });

        Assert.Equal(authority, Assert.Single(Tokens.TokenRequests).Host);
        Assert.Equal(skipsDiscovery, Tokens.Requests.All(any => any.Path != "/common/discovery/instance"));
    }

    [Theory]
    [InlineData("pfx")]
    [InlineData("pem")]
    public async Task ClientCertificate_InlineOrFile_ProvesTheApplication(string format)
    {
        Tokens.ClientCertificate = Certificate;
        var content = format == "pfx" ? Certificate.Export(X509ContentType.Pfx, "pässword") : Encoding.UTF8.GetBytes(Certificate.ToPem());
        var file = Path.Combine(_directory, "certificate");
        await File.WriteAllBytesAsync(file, content, Cancel);
        var application = _server.Application with { CertificatePassword = format == "pfx" ? "pässword" : null };

        await _server.GetTokenAsync(application with { Certificate = content });
        await _server.GetTokenAsync(application with { CertificateFile = file, Certificate = [1, 2, 3] });

        Assert.Equal(2, Tokens.IssuedTokens.Count);
        Assert.All(Tokens.TokenRequests, request => Assert.NotNull(request["client_assertion"]));
    }

    [Fact]
    public async Task ClientCertificate_OfAnotherKey_IsRefused()
    {
        Tokens.ClientCertificate = Certificate;
        using var other = TestCertificates.Create("app");

        var refusal = await Assert.ThrowsAsync<AuthenticationFailedException>(async () =>
            await _server.GetTokenAsync(_server.Application with { Certificate = Encoding.UTF8.GetBytes(other.ToPem()) }));

        Assert.IsNotType<CredentialUnavailableException>(refusal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WorkloadIdentity_Injected_ExchangesTheFederatedToken(bool skipsDiscovery)
    {
        await InjectWorkloadIdentityAsync();
        _server.Environment["AZURE_AUTHORITY_HOST"] = "https://login.private.test/";

        // What is injected goes before the metadata, as in Dapr.
        await _server.GetTokenAsync(new AzureIdentityOptions
        {
            TenantId = "other",
            ClientId = "other",
            Cloud = AzureCloud.China,
            Environment = _server.Environment.GetValueOrDefault,
            DisableInstanceDiscovery = skipsDiscovery,
        });

        var request = Assert.Single(Tokens.TokenRequests);
        Assert.Equal("api://AzureADTokenExchange", SignedToken.Read(request["client_assertion"])?.Claim("aud"));
        Assert.Equal("login.private.test", request.Host);
        Assert.Equal(skipsDiscovery, Tokens.Requests.All(any => any.Path != "/common/discovery/instance"));
    }

    [Fact]
    public async Task WorkloadIdentity_WithoutInjectedIds_UsesThoseOfTheMetadata()
    {
        await InjectWorkloadIdentityAsync();
        _server.Environment.Remove("AZURE_TENANT_ID");
        _server.Environment.Remove("AZURE_CLIENT_ID");

        await _server.GetTokenAsync(_server.Application);

        Assert.NotNull(Assert.Single(Tokens.TokenRequests)["client_assertion"]);
    }

    [Fact]
    public async Task Create_EverythingThere_SecretGoesFirst()
    {
        await InjectWorkloadIdentityAsync();
        Tokens.ClientCertificate = Certificate;

        await _server.GetTokenAsync(_server.Application with { ClientSecret = Tokens.ClientSecret, Certificate = Encoding.UTF8.GetBytes(Certificate.ToPem()) });

        Assert.Equal(Tokens.ClientSecret, Assert.Single(Tokens.TokenRequests)["client_secret"]);
    }

    [Fact]
    public async Task Create_MethodsStated_AreTriedInThatOrderAndNoOther()
    {
        await InjectWorkloadIdentityAsync();
        Tokens.ClientCertificate = Certificate;
        var options = _server.Application with { ClientSecret = Tokens.ClientSecret, Certificate = Encoding.UTF8.GetBytes(Certificate.ToPem()) };

        await _server.GetTokenAsync(options with { Methods = [AzureAuthMethod.WorkloadIdentity, AzureAuthMethod.ClientSecret] });
        await _server.GetTokenAsync(options with { Methods = [AzureAuthMethod.ClientCertificate] });

        Assert.Equal([Audience.Exchange, Audience.Endpoint], Tokens.TokenRequests.Select(OfAssertion));
    }

    [Fact]
    public async Task Create_CertificateUnusable_NextMethodIsTaken()
    {
        await InjectWorkloadIdentityAsync();

        await _server.GetTokenAsync(_server.Application with { Certificate = [1, 2, 3] });

        Assert.Equal(Audience.Exchange, OfAssertion(Assert.Single(Tokens.TokenRequests)));
    }

    [Fact]
    public async Task GetToken_WrongSecret_EndsTheSearchAndShowsWhy()
    {
        await InjectWorkloadIdentityAsync();

        var refusal = await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await _server.GetTokenAsync(_server.Application with { ClientSecret = "s3cr3t-value" }));

        Assert.StartsWith("client secret: ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("AADSTS7000215: Invalid client secret provided.", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t-value", refusal.ToString(), StringComparison.Ordinal);
        Assert.Single(Tokens.TokenRequests);
    }

    [Fact]
    public void Create_NothingThere_SaysWhatEachLacks()
    {
        var refusal = Assert.Throws<CredentialUnavailableException>(() => _server.Create(new AzureIdentityOptions
        {
            TenantId = "tenant",
            ClientSecret = "s3cr3t-value",
            CertificateFile = Path.Combine(_directory, "absent"),
            Environment = _ => "",
            Methods = [AzureAuthMethod.ClientSecret, AzureAuthMethod.ClientCertificate, AzureAuthMethod.WorkloadIdentity],
        }));

        Assert.Equal(
            "no Azure identity is available: client secret: lacks a client id; client certificate: lacks a client id; "
            + "workload identity: lacks AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE",
            refusal.Message);
    }

    [Theory]
    [InlineData("absent", null, "the certificate file '{0}' cannot be read")]
    [InlineData(null, "hello", "the certificate is neither a PFX that its password opens nor PEM with certificate and key")]
    [InlineData(null, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "the certificate is neither a PFX that its password opens nor PEM with certificate and key")]
    public void Create_CertificateUnusable_SaysWhy(string? file, string? content, string reason)
    {
        var path = file is null ? null : Path.Combine(_directory, file);
        var refusal = Assert.Throws<CredentialUnavailableException>(() => _server.Create(_server.Application with
        {
            CertificateFile = path,
            Certificate = content is null ? null : Encoding.UTF8.GetBytes(content),
            CertificatePassword = "s3cr3t-value",
            Methods = [AzureAuthMethod.ClientCertificate],
        }));

        Assert.Equal($"no Azure identity is available: client certificate: {reason.Replace("{0}", path, StringComparison.Ordinal)}", refusal.Message);
    }

    [Theory]
    [InlineData("http://login.test/", "AZURE_AUTHORITY_HOST is not an https address")]
    [InlineData("nonsense", "AZURE_AUTHORITY_HOST is not an https address")]
    public void Create_AuthorityUnusable_SaysWhy(string host, string reason)
    {
        _server.Environment["AZURE_AUTHORITY_HOST"] = host;

        var refusal = Assert.Throws<CredentialUnavailableException>(() => _server.Create(_server.WithSecret));

        Assert.Equal($"no Azure identity is available: client secret: {reason}", refusal.Message);
    }

    [Fact]
    public void Create_TenantMalformed_SaysSoWithoutQuotingIt()
    {
        var refusal = Assert.Throws<CredentialUnavailableException>(() => _server.Create(_server.WithSecret with { TenantId = "a/b" }));

        Assert.Equal("no Azure identity is available: client secret: the tenant id or client id is malformed", refusal.Message);
    }

    [Fact]
    public void Create_None_IsDisabledWhateverStandsBeside()
    {
        var refusal = Assert.Throws<CredentialUnavailableException>(() => _server.Create(_server.WithSecret with { Methods = [AzureAuthMethod.ClientSecret, AzureAuthMethod.None] }));

        Assert.Equal("Azure authentication is disabled by the method 'none'", refusal.Message);
    }

    [Fact]
    public void Options_AsText_HoldNoSecret() => Assert.Equal("AzureIdentityOptions", _server.WithSecret.ToString());

    [Theory]
    [InlineData(TokenFault.TooManyRequests)]
    [InlineData(TokenFault.ServerError)]
    public async Task GetToken_FaultThatPasses_IsTriedAgain(TokenFault fault)
    {
        Tokens.Inject(fault);

        var token = await _server.GetTokenAsync(_server.WithSecret);

        Assert.Equal(Assert.Single(Tokens.IssuedTokens), token.Token);
        Assert.Equal(2, Tokens.TokenRequests.Count);
    }

    [Fact]
    public async Task GetToken_ApplicationRemovedLater_ShowsWhyToo()
    {
        var credential = _server.Create(_server.WithSecret);
        await credential.GetTokenAsync(EntraServer.NewScope(), Cancel);
        Tokens.Inject(TokenFault.InvalidClient);

        var refusal = await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await credential.GetTokenAsync(EntraServer.NewScope(), Cancel));

        Assert.Contains("AADSTS7000215", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetToken_InvalidClient_IsNotTriedAgain()
    {
        Tokens.Inject(TokenFault.InvalidClient);

        await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await _server.GetTokenAsync(_server.WithSecret));

        Assert.Single(Tokens.TokenRequests);
    }

    [Fact]
    public async Task GetToken_Cancelled_Ends()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Tokens.Inject(TokenFault.Hang);

        var asking = _server.GetTokenAsync(_server.WithSecret, cancel.Token).AsTask();
        await Tokens.Hung.WaitAsync(Cancel);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private async Task InjectWorkloadIdentityAsync()
    {
        var file = Path.Combine(_directory, "token");
        await File.WriteAllTextAsync(file, Tokens.CreateFederatedToken(), Cancel);
        _server.Environment["AZURE_TENANT_ID"] = Tokens.TenantId;
        _server.Environment["AZURE_CLIENT_ID"] = Tokens.ClientId;
        _server.Environment["AZURE_FEDERATED_TOKEN_FILE"] = file;
        _server.Environment["AZURE_AUTHORITY_HOST"] = "https://login.microsoftonline.us/";
    }

    private static Audience OfAssertion(TokenRequest request) =>
        SignedToken.Read(request["client_assertion"])?.Claim("aud") == "api://AzureADTokenExchange" ? Audience.Exchange : Audience.Endpoint;

    private enum Audience
    {
        Exchange,
        Endpoint,
    }
}
