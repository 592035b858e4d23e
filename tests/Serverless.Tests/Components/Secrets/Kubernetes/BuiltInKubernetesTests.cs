using Serverless.Backends.Kubernetes;
using Serverless.Components.Registry;
using Serverless.Components.Secrets;
using Serverless.Components.State;
using Serverless.Functions.Hosting;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Components.Secrets.Kubernetes;

/// <summary>The store of <c>--mode kubernetes</c>, from the options to a component that takes its key from it.</summary>
public sealed class BuiltInKubernetesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "")]
    [InlineData(false, "auth: {secretStore: kubernetes}")]
    [InlineData(true, "auth: {secretStore: kubernetes}")]
    public async Task SecretKeyRef_BuiltInOrOwnStore_Resolves(bool hasOwnStore, string auth)
    {
        await using var cluster = await KubernetesCluster.StartAsync();
        cluster.Server.Put("default", "state", ("key", new string('a', 32)));
        cluster.Server.Put("team", "state", ("key", new string('b', 32)));
        cluster.Folder.Write("components/store.yaml", Store(auth));
        if (hasOwnStore)
        {
            cluster.Folder.Write("components/vault.yaml", $$"""
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata: {name: kubernetes}
                spec: {type: secretstores.kubernetes, version: v1, metadata: [{name: kubeconfigPath, value: "{{cluster.Server.WriteKubeconfig(cluster.Folder)}}"}]}
                """);
        }

        await using var registry = Registry(cluster, new RuntimeOptions { Mode = "kubernetes" });
        await registry.StartAsync(Token);

        Assert.Equal(["kubernetes", "store"], registry.Live.View.Components.Where(live => live.Instance is not null).Select(live => live.Definition.Key.Name));
        Assert.Equal($"/api/v1/namespaces/{(hasOwnStore ? "team" : "default")}/secrets/state", Assert.Single(cluster.Server.Requests).Target);
    }

    [Theory]
    [InlineData("standalone", false)]
    [InlineData("kubernetes", true)]
    public async Task SecretKeyRef_NothingBuiltIn_IsAFault(string mode, bool isDisabled)
    {
        await using var cluster = await KubernetesCluster.StartAsync();
        cluster.Folder.Write("components/store.yaml", Store(""));
        await using var registry = Registry(cluster, new RuntimeOptions { Mode = mode, NoKubernetesSecrets = isDisabled });

        var fault = await Assert.ThrowsAsync<ComponentException>(() => registry.StartAsync(Token));

        Assert.Contains("auth.secretStore is not set", fault.Message, StringComparison.Ordinal);
        Assert.Empty(cluster.Server.Requests);
    }

    [Theory]
    [InlineData(false, "has no secret 'state' with key 'key'")]
    [InlineData(true, "403 Forbidden: secrets \"state\" is forbidden")]
    public async Task SecretKeyRef_MissingOrForbidden_AreDifferentFaults(bool isForbidden, string told)
    {
        await using var cluster = await KubernetesCluster.StartAsync();
        cluster.Folder.Write("components/store.yaml", Store(""));
        if (isForbidden)
        {
            cluster.Server.Forbid("default");
        }

        await using var registry = Registry(cluster, new RuntimeOptions { Mode = "kubernetes" });

        var fault = await Assert.ThrowsAsync<ComponentException>(() => registry.StartAsync(Token));

        Assert.Contains("component 'store'", fault.Message, StringComparison.Ordinal);
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(cluster.Server.Token, fault.ToString(), StringComparison.Ordinal);
    }

    private static ComponentRegistry Registry(KubernetesCluster cluster, RuntimeOptions options)
    {
        var catalog = new ComponentCatalog();
        StateComponents.Register(catalog);
        SecretComponents.Register(catalog);
        var host = TestHost.Create(environment: cluster.Server.Environment()) with { ServiceAccountDirectory = cluster.Server.WriteServiceAccount(cluster.Folder) };
        host = host with { DefaultSecretStore = ResourceSources.DefaultSecretStore(options, host.ServiceAccountDirectory) };
        return new ComponentRegistry(new RegistryOptions
        {
            Catalog = catalog,
            Host = host,
            Secrets = SecretComponents.LookUpAsync,
            Sources = ResourceSources.Choose(options with { ResourcesPaths = ["components"] }, host, cluster.Folder.Root),
        });
    }

    private static string Store(string auth) => $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: store}
        spec:
          type: state.in-memory
          version: v1
          metadata:
          - name: primaryEncryptionKey
            secretKeyRef: {name: state, key: key}
        {{auth}}
        """;
}
