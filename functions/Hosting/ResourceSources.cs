using System.Runtime.CompilerServices;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Registry.Sources;
using Serverless.Components.Sources.AzureBlobs;
using Serverless.Functions.Hosting.Flags;

namespace Serverless.Functions.Hosting;

/// <summary>Decides where resources come from.</summary>
internal static class ResourceSources
{
    private const string DefaultDirectory = "components";
    private const string KubernetesSecrets = "kubernetes";

    /// <summary>The secret store of components that name none: the built-in one of Kubernetes where it is there; else empty.</summary>
    public static string DefaultSecretStore(RuntimeOptions options, string serviceAccountDirectory) =>
        options is { Mode: ResourceFlags.KubernetesMode, NoKubernetesSecrets: false } && File.Exists(Path.Combine(serviceAccountDirectory, "token")) ? KubernetesSecrets : "";

    /// <summary>
    /// The sources, lowest precedence first: what is built in; under the host the packaged <c>components</c> folder beside host.json if it
    /// exists; then the given directories and above them the given blob containers, or standalone <c>./components</c> if none is given and it
    /// exists. Built in are the secret store of Kubernetes where it is the default, and standalone off the platform the state store if there
    /// is no path at all. The <c>--config</c> files are a source of their own.
    /// </summary>
    public static IReadOnlyList<IResourceSource> Choose(RuntimeOptions options, ComponentHost host, string currentDirectory)
    {
        var sources = new List<IResourceSource>();
        var builtIn = new List<Resource>();
        if (host.DefaultSecretStore == KubernetesSecrets)
        {
            builtIn.Add(BuiltInSecretStore());
        }

        var packaged = Path.Combine(options.AppRoot, DefaultDirectory);
        if (options.UnderHost && Directory.Exists(packaged))
        {
            sources.Add(Directories("package", [packaged]));
        }

        var local = Path.Combine(currentDirectory, DefaultDirectory);
        if (options.ResourcesPaths is { Count: > 0 } given)
        {
            string[] directories = [.. given.Where(path => !IsAddress(path)).Select(path => Path.GetFullPath(path, currentDirectory)).Distinct(StringComparer.Ordinal)];
            if (directories.Length > 0)
            {
                sources.Add(Directories("resources", directories));
            }

            if (given.Any(IsAddress))
            {
                AddContainers(sources, given.Where(IsAddress).Distinct(StringComparer.Ordinal), options, host);
            }
        }
        else if (!options.UnderHost && Directory.Exists(local))
        {
            sources.Add(Directories("resources", [local]));
        }
        else if (options is { UnderHost: false, OnPlatform: false })
        {
            builtIn.Add(BuiltInStateStore(host));
        }

        if (builtIn.Count > 0)
        {
            sources.Insert(0, new StaticResourceSource("built-in", builtIn));
        }

        if (options.ConfigFiles.Count > 0)
        {
            sources.Add(FileResourceSource.OfConfigurationFiles("config", host, options.ReconcileInterval, options.ConfigFiles.Select(path => Path.GetFullPath(path, currentDirectory))));
        }

        return sources;

        FileResourceSource Directories(string name, IEnumerable<string> directories) =>
            FileResourceSource.OfDirectories(name, host, options.ReconcileInterval, directories);
    }

    private static bool IsAddress(string path) => path.Contains("://", StringComparison.Ordinal);

    // On its own, so that an app without a container loads nothing of Azure.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddContainers(List<IResourceSource> sources, IEnumerable<string> addresses, RuntimeOptions options, ComponentHost host)
    {
        var number = 0;
        foreach (var address in addresses)
        {
            var name = ++number == 1 ? "container" : $"container-{number}";
            sources.Add(BlobResourceSource.Create(name, address, host, options.PollInterval));
        }
    }

    private static ComponentDefinition BuiltInSecretStore() => new()
    {
        Key = new ResourceKey(ResourceKey.Component, KubernetesSecrets),
        Hash = "built-in",
        Origin = "built-in",
        Type = "secretstores.kubernetes",
        Version = "v1",
    };

    private static ComponentDefinition BuiltInStateStore(ComponentHost host) => new()
    {
        Key = new ResourceKey(ResourceKey.Component, "statestore"),
        Hash = "built-in",
        Origin = "built-in",
        Type = "state.sqlite",
        Version = "v1",
        Metadata =
        [
            new MetadataItem { Name = "connectionString", Value = Path.Combine(host.DataDirectory, "state.db") },
            new MetadataItem { Name = "actorStateStore", Value = "true" },
            new MetadataItem { Name = "cleanupInterval", Value = "1h" },
        ],
    };
}
