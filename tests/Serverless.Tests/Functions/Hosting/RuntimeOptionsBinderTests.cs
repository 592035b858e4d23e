using Serverless.Functions.Hosting;
using Serverless.Functions.Hosting.Flags;

namespace Serverless.Tests.Functions.Hosting;

public sealed class RuntimeOptionsBinderTests
{
    private static readonly string Here = Path.GetFullPath("/here");

    // Every flag with effect: a value, and the setting that it makes.
    public static TheoryData<string, string, string> Settings => new()
    {
        { "app-id", "orders", "AppId = orders" }, { "app-port", "5000", "AppPort = 5000" }, { "app-protocol", "HTTPS", "AppProtocol = https" },
        { "app-ssl", "true", "AppProtocol = https" }, { "app-channel-address", "::1", "AppChannelAddress = ::1" },
        { "app-max-concurrency", "7", "AppMaxConcurrency = 7" }, { "enable-app-health-check", "1", "AppHealthCheck = True" },
        { "app-health-check-path", "/h", "AppHealthCheckPath = /h" }, { "app-health-probe-interval", "7", "AppHealthProbeInterval = 00:00:07" },
        { "app-health-probe-timeout", "300", "AppHealthProbeTimeout = 00:00:00.3000000" }, { "app-health-threshold", "2", "AppHealthThreshold = 2" },
        { "app-binding-options-timeout", "4s", "AppBindingOptionsTimeout = 00:00:04" }, { "disable-init-endpoints", "config, subscribe", "DisabledInitEndpoints = config|subscribe" },
        { "dapr-http-port", "3501", "HttpPort = 3501" }, { "dapr-listen-addresses", "127.0.0.1, localhost", "ListenAddresses = 127.0.0.1|localhost" },
        { "dapr-public-port", "3502", "PublicPort = 3502" }, { "dapr-public-listen-address", "[::1]", "PublicListenAddress = [::1]" },
        { "unix-domain-socket", "/s", "UnixDomainSocket = /s" }, { "max-body-size", "8Mi", "MaxBodySize = 8388608" },
        { "dapr-http-max-request-size", "8", "MaxBodySize = 8388608" }, { "read-buffer-size", "8Ki", "ReadBufferSize = 8192" },
        { "dapr-http-read-buffer-size", "8", "ReadBufferSize = 8192" }, { "allowed-origins", "*", "AllowedOrigins = *" },
        { "enable-api-logging", "false", "ApiLogging = False" }, { "resources-path", "a", "ResourcesPaths = a" }, { "components-path", "a", "ResourcesPaths = a" },
        { "config", "c.yaml", "ConfigFiles = c.yaml" }, { "hot-reload-reconcile-interval", "30s", "ReconcileInterval = 00:00:30" },
        { "resources-poll-interval", "9s", "PollInterval = 00:00:09" },
        { "data-dir", "d", $"DataDirectory = {Path.Combine(Here, "d")}" }, { "samples", "true", "Samples = True" },
        { "mode", "Kubernetes", "Mode = kubernetes" }, { "disable-builtin-k8s-secret-store", "1", "NoKubernetesSecrets = True" },
        { "sentry-insecure-validator", "t", "SentryInsecureValidator = True" }, { "startup-timeout", "5", "StartupTimeout = 00:00:05" },
        { "dapr-graceful-shutdown-seconds", "9", "GracefulShutdown = 00:00:09" }, { "dapr-block-shutdown-duration", "1m", "BlockShutdown = 00:01:00" },
        { "log-level", "WARN", "LogLevel = warn" }, { "log-as-json", "true", "LogAsJson = True" }, { "log-file", "l", $"LogFile = {Path.Combine(Here, "l")}" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Flag_OnTheCommandLine_Binds(string name, string value, string setting) =>
        Assert.Equal([setting], Changes(Bind([$"--{name}={value}"])));

    [Theory]
    [MemberData(nameof(Settings))]
    public void Flag_InTheEnvironment_Binds(string name, string value, string setting) =>
        Assert.Equal([setting], Changes(Bind([], (FlagTable.Find(name)!.EnvironmentName, value))));

    [Fact]
    public void Settings_CoverEveryFlagWithEffect() => Assert.Equal(
        FlagTable.All.Where(flag => flag.HasEffect && flag.Kind != FlagKind.Command).Select(flag => flag.Name).Order(StringComparer.Ordinal),
        Settings.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Fact]
    public void Nothing_GivesTheDefaults()
    {
        var bound = Bind([]);

        Assert.Empty(Changes(bound));
        Assert.Empty(bound.Notices);
        Assert.Equal(Path.Combine(Here, ".dapr"), bound.Options.DataDirectory);
    }

    [Fact]
    public void Flag_BeatsEnvironment() =>
        Assert.Equal(4000, Bind(["--dapr-http-port", "4000"], ("DAPR_HTTP_PORT", "5000")).Options.HttpPort);

    [Fact]
    public void Flag_BeatsABadEnvironmentValue() =>
        Assert.Equal(4000, Bind(["--dapr-http-port", "4000"], ("DAPR_HTTP_PORT", "x")).Options.HttpPort);

    [Fact]
    public void EmptyVariable_CountsAsUnset() => Assert.Equal("app", Bind([], ("APP_ID", ""), ("APP_PORT", "")).Options.AppId);

    [Fact]
    public void EmptyAppId_OnTheCommandLine_IsTaken() => Assert.Equal("", Bind(["--app-id="]).Options.AppId);

    [Theory]
    [InlineData("--app-health-probe-interval=2147483647", "AppHealthProbeInterval = 1.00:00:00")]
    [InlineData("--app-health-probe-interval=0", "")]
    [InlineData("--app-binding-options-timeout=0s", "")]
    public void Time_ThatNoTimerCanHave_IsBrought_ToOneThatItCan(string argument, string setting) =>
        Assert.Equal(setting, string.Join(' ', Changes(Bind([argument]))));

    [Theory]
    [InlineData("--app-port=")]
    [InlineData("--app-port=0")]
    public void NoAppPort_MeansNoApp(string argument) => Assert.Null(Bind([argument]).Options.AppPort);

    [Fact]
    public void Repeatable_InTheEnvironment_IsSplit() =>
        Assert.Equal(["a", "b,c"], Bind([], ("DAPR_RESOURCES_PATH", "a; b,c;")).Options.ResourcesPaths);

    [Fact]
    public void Successor_BeatsDeprecatedFlag()
    {
        var options = Bind(["--max-body-size=1Mi", "--dapr-http-max-request-size=8", "--read-buffer-size=16Ki", "--dapr-http-read-buffer-size=8"]).Options;

        Assert.Equal((1 << 20, 16 << 10), (options.MaxBodySize, options.ReadBufferSize));
    }

    [Theory]
    [InlineData("DAPR_HTTP_PORT", "x", "environment variable DAPR_HTTP_PORT: 'x' is not a port (0 to 65535)")]
    [InlineData("DAPR_LOG_LEVEL", "loud", "environment variable DAPR_LOG_LEVEL: 'loud' is not one of debug, info, warn, error, fatal")]
    [InlineData("FUNCTIONS_CUSTOMHANDLER_PORT", "x", "environment variable FUNCTIONS_CUSTOMHANDLER_PORT: 'x' is not a port (1 to 65535)")]
    [InlineData("DAPR_READ_BUFFER_SIZE", "0", "DAPR_READ_BUFFER_SIZE: '0' is not between 1 byte and 1Mi")]
    [InlineData("DAPR_LISTEN_ADDRESSES", "127.0.0.1,example", "DAPR_LISTEN_ADDRESSES: 'example' is neither an IP address nor localhost")]
    [InlineData("DAPR_PUBLIC_PORT", "3500", "DAPR_PUBLIC_PORT: '3500' must be a port of its own")]
    [InlineData("APP_HEALTH_PROBE_TIMEOUT", "6000", "--app-health-probe-timeout (6000 ms) must not exceed --app-health-probe-interval (5 s)")]
    public void BadVariable_SaysWhy(string name, string value, string message) =>
        Assert.Equal(message, Assert.Throws<FlagException>(() => Bind([], (name, value))).Message);

    [Theory]
    [InlineData("DAPR_PORT")]
    [InlineData("DAPR_GRPC_PORT")]
    [InlineData("DAPR_METRICS_PORT")]
    [InlineData("DAPR_PROFILE_PORT")]
    [InlineData("DAPR_VERSION")]
    [InlineData("HOST_ADDRESS")]
    public void VariablesThatDaprdSets_BreakNothing(string name) => Assert.Empty(Changes(Bind([], (name, "not a number"))));

    [Fact]
    public void HostPort_BeatsEverything_AndListensOnlyForTheHost()
    {
        var bound = Bind(
            ["--dapr-http-port=4000", "--dapr-listen-addresses=0.0.0.0", "--dapr-public-port=4001", "--unix-domain-socket=/s"],
            ("FUNCTIONS_CUSTOMHANDLER_PORT", "7071"), ("DAPR_HTTP_PORT", "5000"), ("FUNCTIONS_APP_ROOT_PATH", "/root"));

        Assert.Equal(["HttpPort = 7071", "RequestTimeout = 00:03:40", "UnderHost = True", "AppRoot = /root"], Changes(bound));
        Assert.Equal(3, bound.Notices.Count);
    }

    [Fact]
    public void Variables_Bind()
    {
        var options = Bind(
            [], ("DAPR_API_TOKEN", "t"), ("APP_API_TOKEN", "a"), ("NAMESPACE", "n"), ("APP_URL", "http://x"), ("DAPR_ALLOW_ANONYMOUS", "On"),
            ("DAPR_ALLOW_EPHEMERAL_STATE", "yes"), ("WEBSITE_SITE_NAME", "site")).Options;

        Assert.Equal(("t", "a", "n", "http://x"), (options.ApiToken, options.AppApiToken, options.Namespace, options.AppUrl));
        Assert.True(options is { AllowAnonymous: true, AllowEphemeralState: true, OnPlatform: true, UnderHost: false });
        Assert.DoesNotContain("\"t\"", options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://app")]
    [InlineData("https://app.example:8443/")]
    [InlineData("HTTPS://app.example/api/v2")]
    [InlineData("http://[::1]:5000")]
    public void AppUrl_MayBeAnyBase(string url) => Assert.Equal(url, Bind([], ("APP_URL", url)).Options.AppUrl);

    [Theory]
    [InlineData("app:5000", "not an absolute http or https address")]
    [InlineData("/app", "not an absolute http or https address")]
    [InlineData("ftp://app", "not an absolute http or https address")]
    [InlineData("http://", "not an absolute http or https address")]
    [InlineData("https://user:secret@app", "an address with a user, a query or a fragment can't be the base of others")]
    [InlineData("https://app/?code=secret", "an address with a user, a query or a fragment can't be the base of others")]
    [InlineData("https://app/?", "an address with a user, a query or a fragment can't be the base of others")]
    [InlineData("https://app/#secret", "an address with a user, a query or a fragment can't be the base of others")]
    public void AppUrl_ThatIsNoBase_IsRefusedWithoutItsText(string url, string fault) =>
        Assert.Equal($"environment variable APP_URL: {fault}", Assert.Throws<FlagException>(() => Bind([], ("APP_URL", url))).Message);

    [Theory]
    [InlineData("a b")]
    [InlineData("http://app")]
    public void ChannelAddress_ThatIsNoHost_IsRefused(string address) => Assert.Equal(
        $"--app-channel-address: '{address}' is neither a host name nor an address",
        Assert.Throws<FlagException>(() => Bind([$"--app-channel-address={address}"])).Message);

    internal static BoundOptions Bind(string[] args, params (string Name, string Value)[] variables) => RuntimeOptionsBinder.Bind(
        CommandLine.Parse(args), new ProcessEnvironment(variables.ToDictionary(variable => variable.Name, variable => variable.Value)), Here);

    private static IEnumerable<string> Changes(BoundOptions bound) =>
        Describe(bound.Options).Except(Describe(new RuntimeOptions { DataDirectory = Path.Combine(Here, ".dapr") }));

    private static IEnumerable<string> Describe(RuntimeOptions options) => typeof(RuntimeOptions).GetProperties().Select(property =>
        $"{property.Name} = {(property.GetValue(options) is IEnumerable<string> list ? string.Join('|', list) : property.GetValue(options))}");
}
