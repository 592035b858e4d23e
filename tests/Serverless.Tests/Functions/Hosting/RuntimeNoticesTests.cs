using Microsoft.Extensions.Logging;
using Serverless.Functions.Hosting.Flags;

namespace Serverless.Tests.Functions.Hosting;

public sealed class RuntimeNoticesTests
{
    [Fact]
    public void FlagsWithoutEffect_GiveOneLineEach()
    {
        var notices = RuntimeOptionsBinderTests.Bind(["--enable-mtls", "--dapr-grpc-port=1", "--dapr-grpc-port=2"], ("DAPR_METRICS_PORT", "x")).Notices;

        Assert.Equal(
            [
                new(LogLevel.Warning, "--dapr-grpc-port has no effect here: the API is HTTP only"),
                new(LogLevel.Information, "DAPR_METRICS_PORT has no effect here: metrics are not served yet"),
                new(LogLevel.Warning, "--enable-mtls has no effect here: the platform's TLS protects the API"),
            ],
            notices);
    }

    [Fact]
    public void EveryFlagWithoutEffect_IsNamed() => Assert.All(FlagTable.All.Where(flag => !flag.HasEffect), flag =>
    {
        var value = flag.Kind switch
        {
            FlagKind.Switch => flag.AlreadySo == "true" ? "false" : "true",
            FlagKind.Word => "kubernetes",
            FlagKind.Duration => "1s",
            _ => "1",
        };

        var notice = Assert.Single(RuntimeOptionsBinderTests.Bind([$"{flag.Spelling}={value}"]).Notices);
        Assert.Equal($"{flag.Spelling} has no effect here: {flag.NoEffect}", notice.Text);
    });

    [Theory]
    [InlineData("--mode=standalone")]
    [InlineData("--enable-mtls=false")]
    [InlineData("--enable-metrics=0")]
    [InlineData("--disable-builtin-k8s-secret-store")]
    public void ValueThatIsSoAnyway_NeedsNoLine(string argument) => Assert.Empty(RuntimeOptionsBinderTests.Bind([argument]).Notices);

    [Theory]
    [InlineData("--components-path=a", "--components-path is deprecated; use --resources-path")]
    [InlineData("--app-ssl", "--app-ssl is deprecated; use --app-protocol")]
    [InlineData("--dapr-http-max-request-size=4", "--dapr-http-max-request-size is deprecated; use --max-body-size")]
    [InlineData("false", "argument 'false' is ignored; a switch takes its value after '='")]
    public void OtherOddities_AreNamed(string argument, string text) =>
        Assert.Equal([new StartNotice(LogLevel.Warning, text)], RuntimeOptionsBinderTests.Bind([argument]).Notices);

    [Theory]
    [InlineData("DAPR_API_TOKEN")]
    [InlineData("APP_API_TOKEN")]
    public void UnresolvedReference_CountsAsUnset_AndIsNamedWithoutItsText(string name)
    {
        var bound = RuntimeOptionsBinderTests.Bind([], (name, "@Microsoft.KeyVault(SecretUri=https://v/secrets/s)"));

        Assert.True(bound.Options is { ApiToken: null, AppApiToken: null });
        var notice = Assert.Single(bound.Notices);
        Assert.StartsWith($"{name} is an unresolved Key Vault reference", notice.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("SecretUri", notice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void PlatformWithoutToken_SaysHowToSetOne()
    {
        Assert.Contains("DAPR_API_TOKEN", Assert.Single(RuntimeOptionsBinderTests.Bind([], ("WEBSITE_SITE_NAME", "s")).Notices).Text, StringComparison.Ordinal);
        Assert.Empty(RuntimeOptionsBinderTests.Bind([], ("WEBSITE_SITE_NAME", "s"), ("DAPR_API_TOKEN", "t")).Notices);
        Assert.Empty(RuntimeOptionsBinderTests.Bind([], ("WEBSITE_SITE_NAME", "s"), ("DAPR_ALLOW_ANONYMOUS", "true")).Notices);
    }
}
