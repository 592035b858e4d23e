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
    [InlineData("--disable-init-endpoints=config,subscribe", "the app is asked for neither")]
    [InlineData("--sentry-insecure-validator", "certificates are not signed")]
    public void FlagWithoutEffectSoFar_GivesOneLine_AndHelpSaysIt(string argument, string reason)
    {
        var name = argument.Split('=')[0];
        Assert.Equal([new StartNotice(LogLevel.Warning, $"{name} has no effect yet: {reason}")], RuntimeOptionsBinderTests.Bind([argument]).Notices);
        var lines = HelpText.Create().Split('\n');
        var flag = Array.FindIndex(lines, line => line.StartsWith($"  {name}", StringComparison.Ordinal) && line[name.Length + 2] is ' ' or '[');
        Assert.EndsWith($" No effect yet: {reason}.", lines[flag + 1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--app-port=5000")]
    [InlineData("--app-port=5000", "--app-protocol=h2c")]
    [InlineData("--app-channel-address=app")]
    [InlineData("--app-protocol=grpc")]
    [InlineData("--app-max-concurrency=3")]
    [InlineData("--enable-app-health-check")]
    [InlineData("--app-health-check-path=/h")]
    [InlineData("--app-health-probe-interval=6")]
    [InlineData("--app-health-probe-timeout=6")]
    [InlineData("--app-health-threshold=6")]
    [InlineData("--app-binding-options-timeout=1s")]
    public void FlagOfTheApp_HasEffect(params string[] arguments) => Assert.Empty(RuntimeOptionsBinderTests.Bind(arguments).Notices);

    [Theory]
    [InlineData("APP_URL", "http://x")]
    [InlineData("APP_PORT", "5000")]
    [InlineData("APP_API_TOKEN", "t")]
    public void VariableOfTheApp_HasEffect(string name, string value) => Assert.Empty(RuntimeOptionsBinderTests.Bind([], (name, value)).Notices);

    [Fact]
    public void AppThatIsNotCalled_IsNamed()
    {
        Assert.Equal(
            [new StartNotice(LogLevel.Warning, "the app is not called: --app-protocol is grpcs, and only http, https and h2c are spoken")],
            RuntimeOptionsBinderTests.Bind(["--app-port=5000", "--app-protocol=grpcs"]).Notices);
        Assert.Equal(
            [new StartNotice(LogLevel.Information, "APP_PORT has no effect here: APP_URL says where the app is")],
            RuntimeOptionsBinderTests.Bind([], ("APP_PORT", "5000"), ("APP_URL", "https://app.example")).Notices);
    }

    [Theory]
    [InlineData("--app-port=0")]
    [InlineData("--app-port=")]
    [InlineData("--app-protocol=HTTP")]
    [InlineData("--app-max-concurrency=-1")]
    [InlineData("--enable-app-health-check=false")]
    [InlineData("--mode=standalone")]
    [InlineData("--enable-mtls=false")]
    [InlineData("--enable-metrics=0")]
    [InlineData("--disable-builtin-k8s-secret-store")]
    [InlineData("--disable-builtin-k8s-secret-store=false")]
    public void ValueThatIsSoAnyway_NeedsNoLine(string argument) => Assert.Empty(RuntimeOptionsBinderTests.Bind([argument]).Notices);

    [Theory]
    [InlineData("--components-path=a", "--components-path is deprecated; use --resources-path")]
    [InlineData("--app-ssl", "--app-ssl is deprecated; use --app-protocol")]
    [InlineData("--dapr-http-max-request-size=4", "--dapr-http-max-request-size is deprecated; use --max-body-size")]
    [InlineData("false", "argument 'false' is ignored; a switch takes its value after '='")]
    public void OtherOddities_AreNamed(string argument, string text) =>
        Assert.Equal([new StartNotice(LogLevel.Warning, text)], RuntimeOptionsBinderTests.Bind([argument]).Notices);

    [Fact]
    public void KubernetesMode_SaysWhatItDoesNotDo()
    {
        const string rest = "kubernetes only adds the secret store of a mounted service account: resources come from directories and containers in every mode";

        Assert.Equal([new StartNotice(LogLevel.Information, $"--mode {rest}")], RuntimeOptionsBinderTests.Bind(["--mode=Kubernetes"]).Notices);
        Assert.Equal([new StartNotice(LogLevel.Information, $"DAPR_MODE {rest}")], RuntimeOptionsBinderTests.Bind([], ("DAPR_MODE", "kubernetes")).Notices);
    }

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
