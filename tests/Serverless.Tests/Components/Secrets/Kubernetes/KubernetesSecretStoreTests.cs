using Serverless.Backends.Kubernetes;
using Serverless.Components.Clients.Kubernetes;
using Serverless.Components.Registry;
using Serverless.Components.Secrets;
using Serverless.Tests.Components.Registry;
using static Serverless.Tests.Components.Secrets.Kubernetes.KubernetesCluster;

namespace Serverless.Tests.Components.Secrets.Kubernetes;

public sealed class KubernetesSecretStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_InCluster_HasEveryKeyDecoded()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Put("default", "db", ("user", "app"), ("password", "é€😀\n\"<>&"), ("empty", ""));
        cluster.Server.Put("default", "none");
        var store = await cluster.OpenInClusterAsync();

        Assert.Equal(
            new Dictionary<string, string> { ["user"] = "app", ["password"] = "é€😀\n\"<>&", ["empty"] = "" },
            await store.GetAsync("db", None, Token));
        Assert.Empty((await store.GetAsync("none", None, Token))!);
        Assert.Empty(store.Capabilities);
        Assert.All(cluster.Server.Requests, request => Assert.Equal(("HTTP/2", 200), (request.Protocol, request.Status)));
    }

    [Fact]
    public async Task Get_ValueThatIsNoText_HasItsOddBytesReplaced()
    {
        await using var cluster = await StartAsync();
        cluster.Server.PutBytes("default", "binary", ("k", [0x61, 0xFF, 0x62]));
        var store = await cluster.OpenInClusterAsync();

        Assert.Equal("a\uFFFDb", (await store.GetAsync("binary", None, Token))!["k"]);
    }

    [Fact]
    public async Task Get_LargeValue_ArrivesWhole()
    {
        await using var cluster = await StartAsync();
        var large = string.Concat(Enumerable.Range(0, 150_000).Select(i => $"{i} "));
        cluster.Server.Put("default", "large", ("k", large));
        var store = await cluster.OpenInClusterAsync();

        Assert.Equal(large, (await store.GetAsync("large", None, Token))!["k"]);
        Assert.Equal(large, (await store.GetAllAsync(None, Token))["large"]["k"]);
    }

    [Fact]
    public async Task Initialize_InCluster_AsksTheServerNothing()
    {
        await using var cluster = await StartAsync();
        await cluster.OpenInClusterAsync();

        Assert.Empty(cluster.Server.Requests);
    }

    [Fact]
    public async Task Namespace_RequestProcessComponentAccount_InThisOrder()
    {
        await using var cluster = await StartAsync();
        foreach (var name in (string[])["asked", "process", "component", "default"])
        {
            cluster.Server.Put(name, "s", ("in", name));
        }

        var item = new MetadataValue("defaultNamespace", "component");
        Assert.Equal("default", await ReadAsync(await cluster.OpenInClusterAsync()));
        Assert.Equal("component", await ReadAsync(await cluster.OpenInClusterAsync(null, item)));
        var store = await cluster.OpenInClusterAsync(TestHost.Create(@namespace: "process"), item);
        Assert.Equal("process", await ReadAsync(store));
        Assert.Equal("asked", await ReadAsync(store, "asked"));
        Assert.Equal("process", await ReadAsync(store, ""));

        static async Task<string> ReadAsync(ISecretStore store, string? asked = null)
        {
            var metadata = asked is null ? [] : new Dictionary<string, string> { ["namespace"] = asked };
            var bulk = await store.GetAllAsync(metadata, Token);
            var one = (await store.GetAsync("s", metadata, Token))!["in"];
            Assert.Equal(one, Assert.Single(bulk).Value["in"]);
            return one;
        }
    }

    [Fact]
    public async Task Namespace_None_SaysSo()
    {
        await using var cluster = await StartAsync();
        var directory = cluster.Server.WriteServiceAccount(cluster.Folder);
        File.Delete(Path.Combine(directory, "namespace"));
        var store = await cluster.OpenAsync(TestHost.Create(environment: cluster.Server.Environment()) with { ServiceAccountDirectory = directory });

        var fault = await Assert.ThrowsAsync<KubernetesException>(async () => await store.GetAsync("s", None, Token));

        Assert.Equal("namespace is missing on metadata and NAMESPACE env variable, and no default namespace is set", fault.Message);
        await Assert.ThrowsAsync<KubernetesException>(async () => await store.GetAllAsync(None, Token));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(int.MaxValue)]
    public async Task GetAll_AnyPageSize_HasAllOfTheNamespace(int page)
    {
        await using var cluster = await StartAsync();
        cluster.Server.LargestPage = page;
        for (var i = 0; i < 10; i++)
        {
            cluster.Server.Put("default", $"s{i}", ("a", $"{i}"), ("b", "x"));
        }

        cluster.Server.Put("other", "not-this", ("a", "b"));
        var store = await cluster.OpenInClusterAsync();

        var all = await store.GetAllAsync(None, Token);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => ($"s{i}", $"{i}")), all.OrderBy(secret => secret.Key).Select(secret => (secret.Key, secret.Value["a"])));
        Assert.Equal(page == 3 ? 4 : 1, cluster.Server.Requests.Count);
        Assert.Empty(await store.GetAllAsync(new Dictionary<string, string> { ["namespace"] = "empty" }, Token));
    }

    [Fact]
    public async Task GetAll_PagesExpire_IsReadAtOnce()
    {
        await using var cluster = await StartAsync();
        cluster.Server.LargestPage = 2;
        for (var i = 0; i < 5; i++)
        {
            cluster.Server.Put("default", $"s{i}", ("a", $"{i}"));
        }

        cluster.Server.Inject(KubernetesFault.Expired);
        var store = await cluster.OpenInClusterAsync();

        Assert.Equal(5, (await store.GetAllAsync(None, Token)).Count);
        Assert.Equal([200, 410, 200], cluster.Server.Requests.Select(request => request.Status));
    }

    [Fact]
    public async Task Get_Missing_HasTheServersWords()
    {
        await using var cluster = await StartAsync();
        var store = await cluster.OpenInClusterAsync();

        var fault = await Assert.ThrowsAsync<SecretNotFoundException>(async () => await store.GetAsync("x", None, Token));

        Assert.Equal("secrets \"x\" not found", fault.Message);
        Assert.Null(await SecretComponents.LookUpAsync(store, "x", Token));
    }

    [Theory]
    [InlineData("..", "invalid resource name \"..\": [may not be '..']")]
    [InlineData("a/b", "invalid resource name \"a/b\": [may not contain '/']")]
    [InlineData("a%2Fb", "invalid resource name \"a%2Fb\": [may not contain '%']")]
    [InlineData("", "invalid resource name \"\": [may not be empty]")]
    public async Task Get_NameThatLeavesThePath_IsRefusedUnasked(string name, string message)
    {
        await using var cluster = await StartAsync();
        var store = await cluster.OpenInClusterAsync();

        Assert.Equal(message, (await Assert.ThrowsAsync<KubernetesException>(async () => await store.GetAsync(name, None, Token))).Message);
        var elsewhere = new Dictionary<string, string> { ["namespace"] = ".." };
        Assert.StartsWith("invalid namespace", (await Assert.ThrowsAsync<KubernetesException>(async () => await store.GetAllAsync(elsewhere, Token))).Message, StringComparison.Ordinal);
        Assert.Empty(cluster.Server.Requests);
    }

    [Fact]
    public async Task Get_OddName_IsEscaped()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Put("default", "a b?c#d&é", ("k", "v"));
        var store = await cluster.OpenInClusterAsync();

        Assert.Equal("v", (await store.GetAsync("a b?c#d&é", None, Token))!["k"]);
    }

    [Fact]
    public async Task Initialize_NoClusterAndNoKubeconfig_SaysSo()
    {
        await using var cluster = await StartAsync();
        var home = new Dictionary<string, string> { ["HOME"] = cluster.Folder.Root, ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1", ["KUBERNETES_SERVICE_PORT"] = "443" };
        var host = TestHost.Create(environment: home) with { ServiceAccountDirectory = cluster.Folder.At("absent") };

        var fault = await Assert.ThrowsAsync<ComponentException>(() => cluster.OpenAsync(host));

        Assert.Equal($"component 'k': no service account is mounted in {cluster.Folder.At("absent")}, and there is no kubeconfig; set kubeconfigPath outside of a cluster", fault.Message);
    }

    [Theory]
    [InlineData("ca.crt", null)]
    [InlineData("ca.crt", "no certificate")]
    public async Task Initialize_DamagedAccount_NamesTheFile(string file, string? text)
    {
        await using var cluster = await StartAsync();
        var directory = cluster.Server.WriteServiceAccount(cluster.Folder);
        File.Delete(Path.Combine(directory, file));
        if (text is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(directory, file), text, Token);
        }

        var host = TestHost.Create(environment: cluster.Server.Environment()) with { ServiceAccountDirectory = directory };
        var fault = await Assert.ThrowsAsync<ComponentException>(() => cluster.OpenAsync(host));

        Assert.StartsWith("component 'k': ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
    }
}
