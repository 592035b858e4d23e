using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Leases;

namespace Serverless.Components.Registry;

/// <summary>What the process tells its components about itself. Read once at start.</summary>
public sealed record ComponentHost
{
    /// <summary>Where Kubernetes mounts service accounts.</summary>
    public const string MountedServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The Dapr app id; empty means that state keys get no prefix.</summary>
    public required string AppId { get; init; }

    /// <summary>Value of the environment variable <c>NAMESPACE</c>, or empty.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The secret store of components that name none in <c>auth.secretStore</c>; empty for none.</summary>
    public string DefaultSecretStore { get; init; } = "";

    /// <summary>Where the pod's service account is mounted, if this is a pod.</summary>
    public string ServiceAccountDirectory { get; init; } = MountedServiceAccount;

    /// <summary>Absolute directory for files that embedded stores keep.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>False where instances share no durable disk, so that embedded stores must refuse to load.</summary>
    public bool AllowsEphemeralState { get; init; } = true;

    /// <summary>Looks up an environment variable; null when it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>All environment variables, for secret stores that list them.</summary>
    public required Func<IEnumerable<KeyValuePair<string, string>>> EnvironmentVariables { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where components keep leases; null where nothing keeps any.</summary>
    public ILeaseStores? Leases { get; init; }

    /// <summary>Where components log.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }
}
