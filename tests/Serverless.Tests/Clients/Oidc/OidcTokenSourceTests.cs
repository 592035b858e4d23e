using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Serverless.Backends.TokenServers;
using Serverless.Components.Clients.Oidc;

namespace Serverless.Tests.Clients.Oidc;

public sealed class OidcTokenSourceTests : IAsyncLifetime
{
    private static readonly X509Certificate2 Certificate = TestCertificates.Create("client");
    private readonly ManualTimeProvider _time = new();
    private TokenServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private OidcOptions Options => new()
    {
        TokenEndpoint = new Uri(_server.OidcEndpoint),
        ClientId = _server.ClientId,
        ClientAssertionCertificate = Certificate.ExportCertificatePem(),
        ClientAssertionKey = Certificate.ToKeyPem(),
        CaCertificate = TokenServer.AuthorityPem,
    };

    public async ValueTask InitializeAsync()
    {
        _server = await TokenServer.StartAsync(_time);
        _server.ClientCertificate = Certificate;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task GetToken_AssertionAccepted_GivesTokenAndEnd()
    {
        using var source = new OidcTokenSource(Options, _time);

        var token = await source.GetTokenAsync(Cancel);

        Assert.Equal(Assert.Single(_server.IssuedTokens), token.Value);
        Assert.Equal(_time.GetUtcNow().AddHours(1), token.ExpiresOn);
        Assert.Equal(_time.GetUtcNow().AddMinutes(55), token.RefreshOn);
        Assert.DoesNotContain(token.Value, token.ToString(), StringComparison.Ordinal);
        var request = Assert.Single(_server.Requests);
        Assert.Equal(["client_assertion", "client_assertion_type", "client_id", "grant_type", "scope"], request.Fields.Keys.Order());
        Assert.Equal("openid", request["scope"]);
    }

    [Fact]
    public async Task GetToken_Assertion_LastsAMinuteAndNamesNoCertificate()
    {
        using var source = new OidcTokenSource(Options, _time);

        await source.GetTokenAsync(Cancel);

        var assertion = SignedToken.Read(Assert.Single(_server.Requests)["client_assertion"])!;
        Assert.Equal(["alg", "typ"], assertion.Header.Select(field => field.Key));
        Assert.Equal(["aud", "exp", "iat", "iss", "jti", "nbf", "sub"], assertion.Claims.Select(field => field.Key).Order());
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds() + 60, (long)assertion.Claims["exp"]!);
    }

    [Fact]
    public async Task GetToken_EverythingStated_IsSent()
    {
        _server.OidcAudience = "https://issuer";
        _server.OidcKeyId = "key-1";
        using var source = new OidcTokenSource(Options with { Audience = "https://issuer", KeyId = "key-1", Resource = "cache", Scopes = ["redis", "a+b&c"] }, _time);

        await source.GetTokenAsync(Cancel);

        var request = Assert.Single(_server.Requests);
        Assert.Equal("https://issuer", request["audience"]);
        Assert.Equal("cache", request["resource"]);
        Assert.Equal("redis a+b&c", request["scope"]);
    }

    [Theory]
    [InlineData(3600, 3299, 3300)]
    [InlineData(60, 29, 30)]
    public async Task GetToken_Again_IsTheSameUntilItIsAboutToEnd(int lifetime, int still, int renewed)
    {
        _server.TokenLifetime = TimeSpan.FromSeconds(lifetime);
        using var source = new OidcTokenSource(Options, _time);
        var first = await source.GetTokenAsync(Cancel);

        _time.Advance(TimeSpan.FromSeconds(still));
        Assert.Equal(first, await source.GetTokenAsync(Cancel));

        _time.Advance(TimeSpan.FromSeconds(renewed - still));
        Assert.NotEqual(first, await source.GetTokenAsync(Cancel));
    }

    [Fact]
    public async Task GetToken_ManyAtOnce_AskOnce()
    {
        using var source = new OidcTokenSource(Options, _time);

        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => source.GetTokenAsync(Cancel)));

        Assert.Single(_server.Requests);
        Assert.Single(tokens.Distinct());
    }

    [Fact]
    public async Task GetToken_NoLifetime_ServesOnce()
    {
        _server.OidcAnswer = _ => (200, new JsonObject { ["access_token"] = "t" });
        using var source = new OidcTokenSource(Options, _time);

        await source.GetTokenAsync(Cancel);
        await source.GetTokenAsync(Cancel);

        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task GetToken_LifetimeAsText_IsUnderstood()
    {
        _server.OidcAnswer = _ => (200, new JsonObject { ["access_token"] = "t", ["expires_in"] = "600" });
        using var source = new OidcTokenSource(Options, _time);

        Assert.Equal(_time.GetUtcNow().AddMinutes(10), (await source.GetTokenAsync(Cancel)).ExpiresOn);
    }

    [Theory]
    [InlineData(TokenFault.InvalidClient, "the token endpoint answered 401 invalid_client: AADSTS7000215: Invalid client secret provided.", "invalid_client")]
    [InlineData(TokenFault.TooManyRequests, "the token endpoint answered 429 temporarily_unavailable: AADSTS90055: too many requests", "temporarily_unavailable")]
    [InlineData(TokenFault.ServerError, "the token endpoint answered 500 server_error: AADSTS90033: a transient error", "server_error")]
    public async Task GetToken_Refused_SaysWhyAndTheNextCallAsksAgain(TokenFault fault, string message, string error)
    {
        _server.Inject(fault);
        using var source = new OidcTokenSource(Options, _time);

        var refusal = await Assert.ThrowsAsync<OidcTokenException>(() => source.GetTokenAsync(Cancel));

        Assert.Equal(message, refusal.Message);
        Assert.Equal(error, refusal.Error);
        Assert.NotEmpty((await source.GetTokenAsync(Cancel)).Value);
    }

    [Fact]
    public async Task GetToken_AnswerEchoesTheAssertion_MessageDoesNot()
    {
        _server.OidcAnswer = request => (400, new JsonObject { ["error"] = "invalid_grant", ["error_description"] = $"bad\r\n{request["client_assertion"]}" });
        using var source = new OidcTokenSource(Options, _time);

        var refusal = await Assert.ThrowsAsync<OidcTokenException>(() => source.GetTokenAsync(Cancel));

        Assert.Equal("the token endpoint answered 400 invalid_grant: bad(assertion)", refusal.Message);
    }

    [Fact]
    public async Task GetToken_AnswerWithoutToken_SaysSo()
    {
        _server.OidcAnswer = _ => (200, new JsonObject { ["expires_in"] = 5 });
        using var source = new OidcTokenSource(Options, _time);

        Assert.Equal("the token endpoint answered without an access_token", (await Assert.ThrowsAsync<OidcTokenException>(() => source.GetTokenAsync(Cancel))).Message);
    }

    [Fact]
    public async Task GetToken_NoAnswer_EndsAfterItsTime()
    {
        _server.Inject(TokenFault.Hang);
        using var source = new OidcTokenSource(Options, _time);

        var asking = source.GetTokenAsync(Cancel);
        await _server.Hung.WaitAsync(Cancel);
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("the token endpoint gave no answer within 30 s", (await Assert.ThrowsAsync<OidcTokenException>(() => asking)).Message);
    }

    [Fact]
    public async Task GetToken_Cancelled_EndsAndTheNextWaiterAsks()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        _server.Inject(TokenFault.Hang);
        using var source = new OidcTokenSource(Options, _time);

        var asking = source.GetTokenAsync(cancel.Token);
        await _server.Hung.WaitAsync(Cancel);
        var waiting = source.GetTokenAsync(Cancel);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.NotEmpty((await waiting).Value);
    }

    [Fact]
    public async Task GetToken_AuthorityNotTrusted_CannotBeReached()
    {
        using var other = TestCertificates.Create("other", isAuthority: true);
        using var untrusting = new OidcTokenSource(Options with { CaCertificate = null }, _time);
        using var mistaken = new OidcTokenSource(Options with { CaCertificate = other.ExportCertificatePem() }, _time);

        foreach (var source in new[] { untrusting, mistaken })
        {
            var refusal = await Assert.ThrowsAsync<OidcTokenException>(() => source.GetTokenAsync(Cancel));
            Assert.StartsWith("the token endpoint cannot be reached: The remote certificate ", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task GetToken_CertificateOfAnotherHost_CannotBeReached()
    {
        using var source = new OidcTokenSource(Options with { TokenEndpoint = new Uri($"https://127.0.0.2:{_server.HttpsPort}/oidc/token") }, _time);

        await Assert.ThrowsAsync<OidcTokenException>(() => source.GetTokenAsync(Cancel));

        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task GetToken_UnknownKey_IsRefused()
    {
        using var other = TestCertificates.Create("client");
        _server.ClientCertificate = other;
        using var source = new OidcTokenSource(Options, _time);

        Assert.Equal("the token endpoint answered 401 invalid_client: bad signature", (await Assert.ThrowsAsync<OidcTokenException>(() => source.GetTokenAsync(Cancel))).Message);
    }

    [Fact]
    public async Task Key_AsPkcs1_IsTaken()
    {
        using var key = Certificate.GetRSAPrivateKey()!;
        using var source = new OidcTokenSource(Options with { ClientAssertionKey = key.ExportRSAPrivateKeyPem() }, _time);

        Assert.NotEmpty((await source.GetTokenAsync(Cancel)).Value);
    }

    [Fact]
    public void Create_MaterialUnusable_SaysWhichWithoutQuotingIt()
    {
        using var other = TestCertificates.Create("other");
        using var key = Certificate.GetRSAPrivateKey()!;
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Equal("the key of the client assertion is not a PEM RSA private key", FaultOf(Options with { ClientAssertionKey = "s3cr3t" }));
        Assert.Equal("the key of the client assertion is not a PEM RSA private key", FaultOf(Options with { ClientAssertionKey = curve.ExportPkcs8PrivateKeyPem() }));
        Assert.Equal("the key of the client assertion is not a PEM RSA private key", FaultOf(Options with { ClientAssertionKey = key.ExportSubjectPublicKeyInfoPem() }));
        Assert.Equal("the certificate of the client assertion is not PEM", FaultOf(Options with { ClientAssertionCertificate = "s3cr3t" }));
        Assert.Equal("the certificate of the client assertion does not belong to its key", FaultOf(Options with { ClientAssertionCertificate = other.ExportCertificatePem() }));
        Assert.Equal("the authority's certificate is not PEM", FaultOf(Options with { CaCertificate = "s3cr3t" }));
    }

    [Fact]
    public void Options_AsText_HoldNoSecret() => Assert.Equal("OidcOptions", Options.ToString());

    [Fact]
    public void Answer_AsText_HoldsNoSecret() => Assert.DoesNotContain("s3cr3t", new TokenAnswer("s3cr3t", 1, null, null).ToString(), StringComparison.Ordinal);

    private string FaultOf(OidcOptions options) => Assert.Throws<FormatException>(() => new OidcTokenSource(options, _time)).Message;
}
