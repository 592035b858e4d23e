namespace Serverless.Functions.Hosting.Flags;

/// <summary>Flags of daprd that change nothing in this app.</summary>
internal static class AbsentFlags
{
    private const string Grpc = "the API is HTTP only";
    private const string Placement = "no placement or scheduler service is needed";
    private const string ControlPlane = "there is no control plane to connect to";
    private const string Metrics = "metrics are not served yet";
    private const string Profiling = "there is no profiling endpoint";

    public static IReadOnlyList<Flag> All =>
    [
        new("dapr-grpc-port", FlagKind.Port) { NoEffect = Grpc },
        new("dapr-internal-grpc-port", FlagKind.Port) { NoEffect = Grpc },
        new("placement-host-address", FlagKind.Text) { NoEffect = Placement },
        new("scheduler-host-address", FlagKind.List) { NoEffect = Placement },
        new("actors-service", FlagKind.Text) { NoEffect = Placement },
        new("reminders-service", FlagKind.Text) { NoEffect = Placement },
        new("enable-metrics", FlagKind.Switch) { NoEffect = Metrics, AlreadySo = "false" },
        new("metrics-port", FlagKind.Port) { NoEffect = Metrics },
        new("metrics-listen-address", FlagKind.Text) { NoEffect = Metrics },
        new("enable-profiling", FlagKind.Switch) { NoEffect = Profiling, AlreadySo = "false" },
        new("profile-port", FlagKind.Port) { NoEffect = Profiling },
        new("enable-mtls", FlagKind.Switch) { NoEffect = "the platform's TLS protects the API", AlreadySo = "false" },
        new("sentry-address", FlagKind.Text) { NoEffect = ControlPlane },
        new("control-plane-address", FlagKind.Text) { NoEffect = ControlPlane },
        new("control-plane-trust-domain", FlagKind.Text) { NoEffect = ControlPlane },
        new("control-plane-namespace", FlagKind.Text) { NoEffect = ControlPlane },
    ];
}
