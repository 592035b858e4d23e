using System.Collections.ObjectModel;
using Serverless.Backends.Kubernetes;
using Serverless.Backends.Processes;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Secrets;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Components.Secrets.Kubernetes;

/// <summary>An API server, a folder for the files of its clients, and stores on it.</summary>
internal sealed class KubernetesCluster : IAsyncDisposable
{
    public static readonly ReadOnlyDictionary<string, string> None = ReadOnlyDictionary<string, string>.Empty;

    private readonly List<ISecretStore> _stores = [];

    private KubernetesCluster(KubernetesApiServer server) => Server = server;

    public KubernetesApiServer Server { get; }

    public TempFolder Folder { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<KubernetesCluster> StartAsync() => new(await KubernetesApiServer.StartAsync(Token));

    /// <summary>A store in a pod.</summary>
    public Task<ISecretStore> OpenInClusterAsync(ComponentHost? host = null, params MetadataValue[] metadata)
    {
        var directory = Server.WriteServiceAccount(Folder);
        host ??= TestHost.Create();
        return OpenAsync(host with { ServiceAccountDirectory = directory, Environment = name => Server.Environment().GetValueOrDefault(name) }, metadata);
    }

    /// <summary>A store outside of the cluster.</summary>
    public Task<ISecretStore> OpenByFileAsync(string kubeconfig, params MetadataValue[] metadata) =>
        OpenAsync(TestHost.Create(), [new("kubeconfigPath", kubeconfig), .. metadata]);

    public async Task<ISecretStore> OpenAsync(ComponentHost host, params MetadataValue[] metadata)
    {
        var catalog = new ComponentCatalog();
        SecretComponents.Register(catalog);
        var factory = catalog.Find(new ComponentDefinition { Key = new ResourceKey(ResourceKey.Component, "k"), Hash = "", Origin = "", Type = "secretstores.kubernetes" });
        var context = new ComponentContext { Name = "k", Type = "secretstores.kubernetes", Version = "v1", Metadata = new ComponentMetadata("k", metadata), Host = host };
        var store = (ISecretStore)factory(context);
        _stores.Add(store);
        await store.InitializeAsync(Token);
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        await Server.DisposeAsync();
        Folder.Dispose();
    }
}
