namespace Serverless.Functions.Hosting;

/// <summary>All settings of the process, read once from the command line and the environment.</summary>
internal sealed record RuntimeOptions
{
    /// <summary><c>--app-id</c>.</summary>
    public string AppId { get; init; } = "app";

    /// <summary><c>NAMESPACE</c>, or empty.</summary>
    public string Namespace { get; init; } = "";

    /// <summary><c>--dapr-http-port</c>, or the custom handler's port under the Functions host.</summary>
    public int HttpPort { get; init; } = 3500;

    /// <summary><c>--dapr-listen-addresses</c>; empty means all interfaces.</summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = [];

    /// <summary><c>--dapr-public-port</c>, or null.</summary>
    public int? PublicPort { get; init; }

    /// <summary><c>--dapr-public-listen-address</c>; empty means all interfaces.</summary>
    public string PublicListenAddress { get; init; } = "";

    /// <summary><c>--unix-domain-socket</c>: directory for the socket, or empty.</summary>
    public string UnixDomainSocket { get; init; } = "";

    /// <summary><c>--resources-path</c> and <c>--components-path</c>; null means the default (<c>./components</c> if it exists).</summary>
    public IReadOnlyList<string>? ResourcesPaths { get; init; }

    /// <summary><c>--resources-poll-interval</c>: how often blob containers are asked for changes.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>--config</c>.</summary>
    public IReadOnlyList<string> ConfigFiles { get; init; } = [];

    /// <summary><c>--data-dir</c>: where embedded stores keep their files; absolute once bound.</summary>
    public string DataDirectory { get; init; } = ".dapr";

    /// <summary><c>--mode</c>: standalone or kubernetes.</summary>
    public string Mode { get; init; } = "standalone";

    /// <summary><c>--disable-builtin-k8s-secret-store</c>.</summary>
    public bool NoKubernetesSecrets { get; init; }

    /// <summary><c>--samples</c>: register the sample workflows.</summary>
    public bool Samples { get; init; }

    /// <summary><c>--sentry-insecure-validator</c>.</summary>
    public bool SentryInsecureValidator { get; init; }

    /// <summary><c>--startup-timeout</c>: how long sources and components may take before the process listens.</summary>
    public TimeSpan StartupTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary><c>--hot-reload-reconcile-interval</c>.</summary>
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>--dapr-graceful-shutdown-seconds</c>.</summary>
    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>--dapr-block-shutdown-duration</c>, or null.</summary>
    public TimeSpan? BlockShutdown { get; init; }

    /// <summary>How long a request may take; null means no limit. Behind the host it ends before the platform's own limit.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary><c>--max-body-size</c> in bytes; zero or less means no limit.</summary>
    public long MaxBodySize { get; init; } = 4 << 20;

    /// <summary><c>--read-buffer-size</c> in bytes: the header limit standalone.</summary>
    public int ReadBufferSize { get; init; } = 4 << 10;

    /// <summary><c>--allowed-origins</c>; empty means no CORS handling.</summary>
    public string AllowedOrigins { get; init; } = "";

    /// <summary><c>--enable-api-logging</c>; null leaves it to the Configuration.</summary>
    public bool? ApiLogging { get; init; }

    /// <summary><c>DAPR_API_TOKEN</c>, or null when no usable token is set.</summary>
    public string? ApiToken { get; init; }

    /// <summary><c>APP_API_TOKEN</c>, or null.</summary>
    public string? AppApiToken { get; init; }

    /// <summary><c>DAPR_ALLOW_ANONYMOUS</c>: serve on the platform without a token.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary><c>DAPR_ALLOW_EPHEMERAL_STATE</c>: let embedded stores load on the platform.</summary>
    public bool AllowEphemeralState { get; init; }

    /// <summary>True behind the Functions host (<c>FUNCTIONS_CUSTOMHANDLER_PORT</c> is set).</summary>
    public bool UnderHost { get; init; }

    /// <summary>True on Azure (<c>WEBSITE_SITE_NAME</c> is set).</summary>
    public bool OnPlatform { get; init; }

    /// <summary><c>FUNCTIONS_APP_ROOT_PATH</c>: the folder of host.json, or empty.</summary>
    public string AppRoot { get; init; } = "";

    /// <summary><c>--app-port</c>, or null when there is no app channel.</summary>
    public int? AppPort { get; init; }

    /// <summary><c>--app-protocol</c>.</summary>
    public string AppProtocol { get; init; } = "http";

    /// <summary><c>--app-channel-address</c>.</summary>
    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary><c>APP_URL</c>: an http or https address that others can be built on, or empty.</summary>
    public string AppUrl { get; init; } = "";

    /// <summary><c>--app-max-concurrency</c>; zero or less means no limit.</summary>
    public int AppMaxConcurrency { get; init; } = -1;

    /// <summary><c>--enable-app-health-check</c>.</summary>
    public bool AppHealthCheck { get; init; }

    /// <summary><c>--app-health-check-path</c>.</summary>
    public string AppHealthCheckPath { get; init; } = "/healthz";

    /// <summary><c>--app-health-probe-interval</c> (seconds on the command line).</summary>
    public TimeSpan AppHealthProbeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>--app-health-probe-timeout</c> (milliseconds on the command line).</summary>
    public TimeSpan AppHealthProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary><c>--app-health-threshold</c>.</summary>
    public int AppHealthThreshold { get; init; } = 3;

    /// <summary><c>--app-binding-options-timeout</c>.</summary>
    public TimeSpan AppBindingOptionsTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary><c>--disable-init-endpoints</c>: <c>config</c> and <c>subscribe</c>, or fewer.</summary>
    public IReadOnlyList<string> DisabledInitEndpoints { get; init; } = [];

    /// <summary><c>--log-level</c>: debug, info, warn, error or fatal.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary><c>--log-as-json</c>.</summary>
    public bool LogAsJson { get; init; }

    /// <summary><c>--log-file</c>, or empty.</summary>
    public string LogFile { get; init; } = "";

    /// <summary>The command line without secrets.</summary>
    public override string ToString() => $"app-id={AppId} port={HttpPort}";
}
