using Serverless.Components.Clients.Oidc;
using Serverless.Components.Registry;
using Serverless.Components.Settings;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Settings;

public sealed class OidcAuthenticationTests
{
    private static readonly (string Name, string Value)[] Needed =
        [("oidcTokenEndpoint", "https://idp/token"), ("oidcClientID", "c"), ("oidcClientAssertionCert", "cert"), ("oidcClientAssertionKey", "key")];

    [Fact]
    public void Read_OnlyWhatIsNeeded_HasDaprsDefaults()
    {
        var options = Read(Needed)!;

        Assert.Equal("https://idp/token", options.TokenEndpoint.AbsoluteUri);
        Assert.Equal(("c", "cert", "key"), (options.ClientId, options.ClientAssertionCertificate, options.ClientAssertionKey));
        Assert.Equal(["openid"], options.Scopes);
        Assert.Equal((null, null, null, null), (options.Resource, options.Audience, options.KeyId, options.CaCertificate));
        Assert.Equal(TimeSpan.FromSeconds(30), options.Timeout);
    }

    [Fact]
    public void Read_Everything_CanBeSet()
    {
        var options = Read([.. Needed, ("oidcScopes", "redis, openid ,"), ("oidcResource", "r"), ("oidcAudience", "a"), ("OidcKid", "k"), ("oidcCACert", "ca")])!;

        Assert.Equal(["redis", "openid"], options.Scopes);
        Assert.Equal(("r", "a", "k", "ca"), (options.Resource, options.Audience, options.KeyId, options.CaCertificate));
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

    [Fact]
    public void CreateTokenSource_KeyUnusable_NamesTheComponentAndNotTheKey()
    {
        var context = StateContexts.Create("state.redis", TimeProvider.System, Needed);

        var refusal = Assert.Throws<ComponentException>(() => OidcAuthentication.CreateTokenSource(Read(Needed)!, context));

        Assert.Equal("component 'statestore': the key of the client assertion is not a PEM RSA private key", refusal.Message);
    }

    private static OidcOptions? Read(params (string Name, string Value)[] items)
    {
        var binder = StateContexts.Create("state.redis", TimeProvider.System, items).Metadata.Bind();
        var options = OidcAuthentication.Read(binder);
        binder.ThrowIfFaulty();
        return options;
    }
}
