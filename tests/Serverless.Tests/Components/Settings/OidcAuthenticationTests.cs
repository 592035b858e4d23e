using Serverless.Backends.TokenServers;
using Serverless.Components.Clients.Oidc;
using Serverless.Components.Registry;
using Serverless.Components.Settings;
using Serverless.Tests.Components.State;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.Settings;

public sealed class OidcAuthenticationTests
{
    private static readonly (string Name, string Value)[] Needed = OidcItems.Create(new Uri("https://idp/token"), "c");

    [Fact]
    public void Read_OnlyWhatIsNeeded_HasDaprsDefaults()
    {
        var options = Read(Needed)!;

        Assert.Equal("https://idp/token", options.TokenEndpoint.AbsoluteUri);
        Assert.Equal(("c", OidcItems.Certificate.ExportCertificatePem()), (options.ClientId, options.ClientAssertionCertificate));
        Assert.Equal(OidcItems.Certificate.ToKeyPem(), options.ClientAssertionKey);
        Assert.Equal(["openid"], options.Scopes);
        Assert.Equal((null, null, null, null), (options.Resource, options.Audience, options.KeyId, options.CaCertificate));
        Assert.Equal(TimeSpan.FromSeconds(30), options.Timeout);
    }

    [Fact]
    public void Read_Everything_CanBeSet()
    {
        var options = Read([.. Needed, ("oidcScopes", "redis, openid ,"), ("oidcResource", "r"), ("oidcAudience", "a"), ("OidcKid", "k"), ("oidcCACert", TokenServer.AuthorityPem)])!;

        Assert.Equal(["redis", "openid"], options.Scopes);
        Assert.Equal(("r", "a", "k", TokenServer.AuthorityPem), (options.Resource, options.Audience, options.KeyId, options.CaCertificate));
    }

    [Fact]
    public void Read_Faults_AreReportedTogether()
    {
        var refusal = Assert.Throws<ComponentException>(() => Read(("oidcTokenEndpoint", "ftp://idp")));

        Assert.Equal(
            "component 'statestore': metadata 'oidcClientID': expected a value (it is required); metadata 'oidcClientAssertionCert': expected a value (it is required); "
            + "metadata 'oidcClientAssertionKey': expected a value (it is required); metadata 'oidcTokenEndpoint': expected an http or https address",
            refusal.Message);
    }

    [Theory]
    [InlineData("oidcClientAssertionCert", "oidcClientAssertionKey")]
    [InlineData("oidcClientAssertionKey", "oidcClientAssertionKey")]
    [InlineData("oidcCACert", "oidcCACert")]
    public void Read_PemUnusable_IsAFaultWithoutIt(string name, string told)
    {
        var refusal = Assert.Throws<ComponentException>(() => Read([.. Needed.Where(item => item.Name != name), (name, "s3cr3t")]));

        Assert.Contains($"metadata '{told}': expected ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" , ", true)]
    [InlineData("openid", false)]
    public void Read_NoScopes_IsWarnedOf(string scopes, bool warns)
    {
        using var log = new LogCapture();

        Read(log, [.. Needed, ("oidcScopes", scopes)]);

        Assert.Equal(warns, log.Messages.Any(message => message.StartsWith("Warning: component 'statestore': there are no oidcScopes", StringComparison.Ordinal)));
    }

    private static OidcOptions? Read(params (string Name, string Value)[] items)
    {
        using var log = new LogCapture();
        return Read(log, items);
    }

    private static OidcOptions? Read(LogCapture log, (string Name, string Value)[] items)
    {
        var context = StateContexts.Create("state.redis", TimeProvider.System, items).LoggingTo(log);
        var binder = context.Metadata.Bind();
        var options = OidcAuthentication.Read(binder, context);
        binder.ThrowIfFaulty();
        return options;
    }
}
