using Serverless.Functions.Hosting.Flags;

namespace Serverless.Tests.Functions.Hosting.Flags;

public sealed class FlagTableTests
{
    // Flags that take a value, with one that fits: daprd's, Sentry's and ours.
    public static TheoryData<string, string> ValueFlags => new()
    {
        { "app-id", "x" }, { "app-port", "5000" }, { "app-protocol", "https" }, { "app-channel-address", "::1" }, { "app-max-concurrency", "-1" },
        { "app-health-check-path", "/h" }, { "app-health-probe-interval", "7" }, { "app-health-probe-timeout", "300" }, { "app-health-threshold", "2" },
        { "app-health-port", "5001" }, { "app-binding-options-timeout", "4s" }, { "disable-init-endpoints", "config" },
        { "resources-path", "a" }, { "components-path", "a" }, { "config", "c.yaml" }, { "hot-reload-reconcile-interval", "30s" }, { "resources-poll-interval", "9s" },
        { "dapr-http-port", "3501" }, { "dapr-grpc-port", "50001" }, { "dapr-internal-grpc-port", "50002" }, { "dapr-public-port", "3502" },
        { "dapr-public-listen-address", "127.0.0.1" }, { "dapr-listen-addresses", "127.0.0.1,[::1]" }, { "unix-domain-socket", "s" },
        { "mode", "kubernetes" }, { "max-body-size", "8Mi" }, { "dapr-http-max-request-size", "8" }, { "read-buffer-size", "8Ki" },
        { "dapr-http-read-buffer-size", "8" }, { "allowed-origins", "*" }, { "dapr-graceful-shutdown-seconds", "9" },
        { "dapr-block-shutdown-duration", "1m30s" }, { "placement-host-address", "h:1" }, { "scheduler-host-address", "h:1" },
        { "actors-service", "x" }, { "reminders-service", "x" }, { "metrics-port", "9090" }, { "metrics-listen-address", "0.0.0.0" },
        { "profile-port", "7777" }, { "log-level", "debug" }, { "log-file", "l" }, { "sentry-address", "h:1" }, { "control-plane-address", "h:1" },
        { "control-plane-trust-domain", "d" }, { "control-plane-namespace", "n" },
        { "port", "50001" }, { "listen-address", "0.0.0.0" }, { "healthz-port", "8080" }, { "healthz-listen-address", "0.0.0.0" },
        { "issuer-credentials", "d" }, { "issuer-ca-filename", "ca.crt" }, { "issuer-certificate-filename", "issuer.crt" },
        { "issuer-key-filename", "issuer.key" }, { "trust-domain", "d" }, { "token-audience", "a" }, { "jwt-key-filename", "jwt.key" },
        { "jwks-filename", "jwks.json" }, { "jwt-issuer", "i" }, { "jwt-signing-algorithm", "RS256" }, { "jwt-key-id", "k" }, { "jwt-ttl", "24h" },
        { "oidc-server-listen-address", "localhost" }, { "oidc-server-listen-port", "9080" }, { "oidc-server-tls-cert-file", "c" },
        { "oidc-server-tls-key-file", "k" }, { "oidc-jwks-uri", "u" }, { "oidc-path-prefix", "/p" }, { "oidc-allowed-hosts", "h" }, { "kubeconfig", "k" },
        { "data-dir", "d" }, { "startup-timeout", "5s" },
    };

    public static TheoryData<string> Switches =>
    [
        "app-ssl", "enable-app-health-check", "enable-api-logging", "enable-metrics", "enable-profiling", "enable-mtls", "log-as-json",
        "disable-builtin-k8s-secret-store", "jwt-enabled", "oidc-enabled", "oidc-server-tls-enabled", "samples", "sentry-insecure-validator",
        "help", "version", "build-info", "wait",
    ];

    [Theory]
    [MemberData(nameof(ValueFlags))]
    public void ValueFlag_AnySpelling_IsAccepted(string name, string value)
    {
        foreach (var args in (string[][])[[$"--{name}", value], [$"-{name}", value], [$"--{name}={value}"], [$"-{name}={value}"]])
        {
            var line = CommandLine.Parse(args);

            Assert.Equal([value], line.Find(FlagTable.Find(name)!));
            Assert.Empty(line.Arguments);
        }
    }

    [Theory]
    [MemberData(nameof(Switches))]
    public void Switch_AnySpelling_IsAccepted(string name)
    {
        var flag = FlagTable.Find(name)!;
        Assert.True(CommandLine.Parse([$"--{name}"]).Has(flag));
        Assert.True(CommandLine.Parse([$"-{name}"]).Has(flag));
        foreach (var word in (string[])["1", "t", "T", "true", "TRUE", "True"])
        {
            Assert.True(CommandLine.Parse([$"--{name}={word}"]).Has(flag));
        }

        foreach (var word in (string[])["0", "f", "F", "false", "FALSE", "False"])
        {
            Assert.False(CommandLine.Parse([$"-{name}={word}"]).Has(flag));
        }

        Assert.Throws<FlagException>(() => CommandLine.Parse([$"--{name}=yes"]));
    }

    [Fact]
    public void All_IsWhatTheTablesHereList_WithoutDuplicates()
    {
        var listed = ValueFlags.Select(row => row.Data.Item1).Concat(Switches.Select(row => row.Data)).Order(StringComparer.Ordinal);

        Assert.Equal(listed, FlagTable.All.Select(flag => flag.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EnvironmentNames_AreUnique()
    {
        var names = FlagTable.All.Select(flag => flag.EnvironmentName).Where(name => name.Length > 0)
            .Concat(EnvironmentSetting.All.Select(setting => setting.Name)).ToList();

        Assert.Equal(names.Distinct(), names);
    }

    [Theory]
    [InlineData("app-port", "APP_PORT")]
    [InlineData("app-health-check-path", "APP_HEALTH_CHECK_PATH")]
    [InlineData("dapr-http-port", "DAPR_HTTP_PORT")]
    [InlineData("resources-path", "DAPR_RESOURCES_PATH")]
    [InlineData("config", "DAPR_CONFIG")]
    [InlineData("log-level", "DAPR_LOG_LEVEL")]
    [InlineData("enable-app-health-check", "DAPR_ENABLE_APP_HEALTH_CHECK")]
    [InlineData("port", "DAPR_PORT")]
    [InlineData("data-dir", "DAPR_DATA_DIR")]
    [InlineData("version", "")]
    [InlineData("wait", "")]
    public void EnvironmentName_FollowsTheRule(string name, string expected) =>
        Assert.Equal(expected, FlagTable.Find(name)!.EnvironmentName);

    [Fact]
    public void EveryFlag_HasEitherHelpOrAReason() =>
        Assert.All(FlagTable.All, flag => Assert.True((flag.Help.Length > 0) ^ (flag.NoEffect.Length > 0), flag.Name));

    [Fact]
    public void Help_NamesEverything()
    {
        var help = HelpText.Create();

        Assert.All(FlagTable.All, flag => Assert.Contains(flag.Spelling, help, StringComparison.Ordinal));
        Assert.All(FlagTable.All.Where(flag => flag.HasEffect), flag => Assert.Contains(flag.EnvironmentName, help, StringComparison.Ordinal));
        Assert.All(EnvironmentSetting.All, setting => Assert.Contains(setting.Name, help, StringComparison.Ordinal));
    }
}
