namespace Serverless.Functions.Hosting.Flags;

/// <summary>Flags about components, configuration and data.</summary>
internal static class ResourceFlags
{
    public const string KubernetesMode = "kubernetes";

    public static readonly Flag ResourcesPath = new("resources-path", FlagKind.List, "Directory, or https address of a blob container, with component files.") { Default = "./components if it exists" };

    public static readonly Flag PollInterval = new("resources-poll-interval", FlagKind.Duration, "How often a blob container is asked for changes.") { Default = "30s" };

    public static readonly Flag ComponentsPath = new("components-path", FlagKind.List, "Deprecated: use --resources-path.");

    public static readonly Flag Config = new("config", FlagKind.List, "Configuration file; later ones override earlier ones.");

    public static readonly Flag ReconcileInterval = new("hot-reload-reconcile-interval", FlagKind.Duration, "How often all resources are read again.") { Default = "60s" };

    public static readonly Flag DataDirectory = new("data-dir", FlagKind.Text, "Where embedded stores keep their files.") { Default = "./.dapr" };

    public static readonly Flag Mode = new("mode", FlagKind.Word, "Where it runs. kubernetes adds the secret store 'kubernetes' if a service account is mounted, and changes nothing else: resources come from directories and containers in every mode.") { Default = "standalone", Words = ["standalone", KubernetesMode] };

    public static readonly Flag NoKubernetesSecrets = new("disable-builtin-k8s-secret-store", FlagKind.Switch, "Leave out the secret store that --mode kubernetes adds.") { Default = "false" };

    public static readonly Flag Samples = new("samples", FlagKind.Switch, "Register the sample workflows.") { Default = "false" };

    public static readonly Flag SentryInsecureValidator = new("sentry-insecure-validator", FlagKind.Switch, "Sign certificates for callers that prove nothing; for tests only.") { Default = "false", NotYet = "certificates are not signed" };

    public static IReadOnlyList<Flag> All => [ResourcesPath, ComponentsPath, PollInterval, Config, ReconcileInterval, DataDirectory, Mode, NoKubernetesSecrets, Samples, SentryInsecureValidator];
}
