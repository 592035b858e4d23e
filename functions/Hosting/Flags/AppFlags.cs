namespace Serverless.Functions.Hosting.Flags;

/// <summary>Flags about the user's app.</summary>
internal static class AppFlags
{
    public static readonly Flag Id = new("app-id", FlagKind.Text, "The app's id; prefix of its state keys.") { Default = "app" };

    public static readonly Flag Port = new("app-port", FlagKind.Port, "Port of the app; none means that the app is not called, unless APP_URL says where it is.");

    public static readonly Flag Protocol = new("app-protocol", FlagKind.Word, "Protocol of the app; one of gRPC means that it is not called.") { Default = "http", Words = ["http", "https", "grpc", "grpcs", "h2c"] };

    public static readonly Flag Ssl = new("app-ssl", FlagKind.Switch, "Deprecated: use --app-protocol https.");

    public static readonly Flag ChannelAddress = new("app-channel-address", FlagKind.Text, "Host name or address of the app.") { Default = "127.0.0.1" };

    public static readonly Flag MaxConcurrency = new("app-max-concurrency", FlagKind.Integer, "Calls into the app at one time; -1 means no limit.") { Default = "-1" };

    public static readonly Flag HealthCheck = new("enable-app-health-check", FlagKind.Switch, "Watch the app's health.") { Default = "false" };

    public static readonly Flag HealthCheckPath = new("app-health-check-path", FlagKind.Text, "Path of the app's health probe.") { Default = "/healthz" };

    public static readonly Flag HealthProbeInterval = new("app-health-probe-interval", FlagKind.Integer, "Seconds between probes.") { Default = "5" };

    public static readonly Flag HealthProbeTimeout = new("app-health-probe-timeout", FlagKind.Integer, "Milliseconds that a probe may take.") { Default = "500" };

    public static readonly Flag HealthThreshold = new("app-health-threshold", FlagKind.Integer, "Failed probes in a row until the app counts as unhealthy.") { Default = "3" };

    public static readonly Flag HealthPort = new("app-health-port", FlagKind.Port) { NoEffect = "health probes go to --app-port" };

    public static readonly Flag BindingOptionsTimeout = new("app-binding-options-timeout", FlagKind.Duration, "How long the app may take to say whether it wants a binding.") { Default = "3s" };

    public static readonly Flag DisableInitEndpoints = new("disable-init-endpoints", FlagKind.List, "Endpoints of the app not to ask at start: config, subscribe (comma separated).") { NotYet = "the app is asked for neither" };

    public static IReadOnlyList<Flag> All =>
    [
        Id, Port, Protocol, Ssl, ChannelAddress, MaxConcurrency, HealthCheck, HealthCheckPath, HealthProbeInterval, HealthProbeTimeout,
        HealthThreshold, HealthPort, BindingOptionsTimeout, DisableInitEndpoints,
    ];
}
