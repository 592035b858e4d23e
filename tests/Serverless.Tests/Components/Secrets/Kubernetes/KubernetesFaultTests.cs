using System.Net;
using System.Net.Sockets;
using Serverless.Backends.Kubernetes;
using Serverless.Backends.Network;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.Kubernetes;
using Serverless.Components.Secrets;
using Serverless.Tests.Components.Registry;
using static Serverless.Tests.Components.Secrets.Kubernetes.KubernetesCluster;

namespace Serverless.Tests.Components.Secrets.Kubernetes;

/// <summary>Refusals, failures and tokens that change.</summary>
public sealed class KubernetesFaultTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_Forbidden_SaysWhoMayNotDoWhat()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Forbid("default");
        var store = await cluster.OpenInClusterAsync();

        var one = await FailAsync(cluster, store);
        var refused = await Assert.ThrowsAsync<KubernetesException>(async () => await store.GetAllAsync(None, Token));

        Assert.Equal((403, "Forbidden"), (one.Status, one.Reason));
        Assert.Equal($"GET https://127.0.0.1:{cluster.Server.Port}/api/v1/namespaces/default/secrets/s: 403 Forbidden: secrets \"s\" is forbidden: User \"{KubernetesApiServer.User}\" cannot get resource \"secrets\" in API group \"\" in the namespace \"default\"", one.Message);
        Assert.Equal($"GET https://127.0.0.1:{cluster.Server.Port}/api/v1/namespaces/default/secrets: 403 Forbidden: secrets is forbidden: User \"{KubernetesApiServer.User}\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"", refused.Message);
    }

    [Fact]
    public async Task Token_Rotated_IsReadAgainAfterAMinute()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Put("default", "s", ("k", "v"));
        var time = new ManualTimeProvider();
        var store = await cluster.OpenInClusterAsync(TestHost.Create(time: time));
        await store.GetAsync("s", None, Token);
        cluster.Folder.Replace("serviceaccount/token", "second-token");

        time.Advance(Minute - TimeSpan.FromSeconds(1));
        await store.GetAsync("s", None, Token);
        cluster.Server.Token = "second-token";
        time.Advance(TimeSpan.FromSeconds(1));
        await store.GetAsync("s", None, Token);

        Assert.Equal([("first-token-of-the-account", 200), ("first-token-of-the-account", 200), ("second-token", 200)], Seen(cluster));
    }

    [Fact]
    public async Task Token_Refused_IsReadAgainAtOnce()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Put("default", "s", ("k", "v"));
        var store = await cluster.OpenInClusterAsync(TestHost.Create(time: new ManualTimeProvider()));
        await store.GetAsync("s", None, Token);
        cluster.Server.Token = "second-token";
        cluster.Folder.Replace("serviceaccount/token", "second-token");

        Assert.Equal("v", (await store.GetAsync("s", None, Token))!["k"]);

        Assert.Equal([("first-token-of-the-account", 200), ("first-token-of-the-account", 401), ("second-token", 200)], Seen(cluster));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("third-token", 2)]
    public async Task Token_StillRefused_IsAFaultWithoutIt(string? next, int attempts)
    {
        await using var cluster = await StartAsync();
        var store = await cluster.OpenInClusterAsync();
        cluster.Server.Token = "second-token";
        cluster.Folder.Replace("serviceaccount/token", "first-token-of-the-account");
        if (next is not null)
        {
            await FailAsync(cluster, store);
            cluster.Folder.Replace("serviceaccount/token", next);
        }

        var before = cluster.Server.Requests.Count;
        var fault = await FailAsync(cluster, store);

        Assert.Equal(401, fault.Status);
        Assert.EndsWith("/secrets/s: 401 Unauthorized: Unauthorized", fault.Message, StringComparison.Ordinal);
        Assert.Equal(attempts, cluster.Server.Requests.Count - before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    [InlineData(null)]
    public async Task Token_FileWithoutOne_IsAFaultThatNamesTheFile(string? text)
    {
        await using var cluster = await StartAsync();
        var store = await cluster.OpenInClusterAsync();
        var file = cluster.Folder.At("serviceaccount", "token");
        File.Delete(file);
        if (text is not null)
        {
            await File.WriteAllTextAsync(file, text, Token);
        }

        var fault = await FailAsync(cluster, store);

        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("lines", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Busy_ThenNot_IsRepeatedWhenTheServerSays()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Put("default", "s", ("k", "v"));
        cluster.Server.RetryAfterSeconds = 3;
        cluster.Server.Inject(KubernetesFault.TooManyRequests, 2);
        var time = new ManualTimeProvider();
        var store = await cluster.OpenInClusterAsync(TestHost.Create(time: time));

        var reading = store.GetAsync("s", None, Token).AsTask();
        for (var wait = 1; wait <= 2; wait++)
        {
            // Beside the limit's own timer there is that of the pause.
            Assert.True(await Eventually.TrueAsync(() => time.ArmedTimers == 2, TimeSpan.FromSeconds(10), Token));
            Assert.Equal(wait, cluster.Server.Requests.Count);
            time.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Equal("v", (await reading)!["k"]);
        Assert.Equal([429, 429, 200], cluster.Server.Requests.Select(request => request.Status));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(60, 1)]
    public async Task Busy_ForLong_IsAFault(int retryAfter, int attempts)
    {
        await using var cluster = await StartAsync();
        cluster.Server.RetryAfterSeconds = retryAfter;
        cluster.Server.Inject(KubernetesFault.TooManyRequests, 10);
        var store = await cluster.OpenInClusterAsync();

        var fault = await FailAsync(cluster, store);

        Assert.EndsWith("/secrets/s: 429 Too Many Requests", fault.Message, StringComparison.Ordinal);
        Assert.Equal(attempts, cluster.Server.Requests.Count);
    }

    [Theory]
    [InlineData(KubernetesFault.InternalError, ": 500 InternalError: Internal error occurred: etcdserver: request timed out")]
    [InlineData(KubernetesFault.WebPage, ": the answer is not what a Kubernetes API server sends")]
    [InlineData(KubernetesFault.BadCompression, ": the answer is not what a Kubernetes API server sends")]
    [InlineData(KubernetesFault.CutOff, "/secrets/s: ")]
    public async Task Server_Fails_IsAFaultOnce_AndTheNextReadWorks(KubernetesFault injected, string told)
    {
        await using var cluster = await StartAsync();
        cluster.Server.Put("default", "s", ("k", "v"));
        cluster.Server.Inject(injected);
        var store = await cluster.OpenInClusterAsync();

        Assert.Contains(told, (await FailAsync(cluster, store)).Message, StringComparison.Ordinal);
        Assert.Equal("v", (await store.GetAsync("s", None, Token))!["k"]);
    }

    [Fact]
    public async Task Server_Hangs_IsAFaultAfterTheLimit_AndTheCallerMayGoBefore()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Inject(KubernetesFault.Hang, 2);
        var time = new ManualTimeProvider();
        var store = await cluster.OpenInClusterAsync(TestHost.Create(time: time));
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var left = store.GetAsync("s", None, caller.Token).AsTask();
        await cluster.Server.Hung.WaitAsync(Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        var waiting = store.GetAsync("s", None, Token).AsTask();
        Assert.True(await Eventually.TrueAsync(() => time.ArmedTimers == 1, TimeSpan.FromSeconds(10), Token));
        time.Advance(TimeSpan.FromSeconds(10));

        var fault = await Assert.ThrowsAsync<KubernetesException>(() => waiting);
        Assert.EndsWith("/secrets/s: no answer within 10 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_TakesConnectionsAndIsSilent_IsAFaultThatNamesIt()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = $"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        await using var cluster = await StartAsync();
        var store = await cluster.OpenByFileAsync(cluster.Folder.Write("k.yaml", $"current-context: c\ncontexts: [{{name: c, context: {{cluster: x, namespace: n}}}}]\nclusters: [{{name: x, cluster: {{server: '{address}'}}}}]"));

        var fault = await Assert.ThrowsAsync<KubernetesException>(async () => await store.GetAsync("s", None, Token));

        Assert.Equal($"GET {address}/api/v1/namespaces/n/secrets/s: no connection within 5 s", fault.Message);
    }

    [Fact]
    public async Task List_WithOddEntries_HasTheOthers()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Inject(KubernetesFault.OddList);
        var store = await cluster.OpenInClusterAsync();

        var secret = Assert.Single(await store.GetAllAsync(None, Token));

        Assert.Equal(("good", "v"), (secret.Key, secret.Value["k"]));
    }

    [Fact]
    public async Task List_WithoutEnd_IsAFault()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Inject(KubernetesFault.EndlessList, 10);
        var store = await cluster.OpenInClusterAsync();

        var fault = await Assert.ThrowsAsync<KubernetesException>(async () => await store.GetAllAsync(None, Token));

        Assert.EndsWith("/api/v1/namespaces/default/secrets: the pages have no end", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, cluster.Server.Requests.Count);
    }

    [Fact]
    public async Task Server_OfAnotherAuthority_IsNotTrusted()
    {
        await using var cluster = await StartAsync();
        using var others = new CertificateSet();
        var store = await OpenWithOtherAuthorityAsync(cluster, others);

        var fault = await FailAsync(cluster, store);

        Assert.Contains("certificate", fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(cluster.Server.Requests);
    }

    [Fact]
    public async Task Server_OfAnotherPath_IsAFaultAndNoMissingSecret()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Put("team", "s", ("k", "v"));
        var kubeconfig = cluster.Server.WriteKubeconfig(cluster.Folder);
        await File.WriteAllTextAsync(kubeconfig, (await File.ReadAllTextAsync(kubeconfig, Token)).Replace(cluster.Server.Address, $"{cluster.Server.Address}/k8s/c1", StringComparison.Ordinal), Token);
        var store = await cluster.OpenByFileAsync(kubeconfig);

        var fault = await FailAsync(cluster, store);

        Assert.EndsWith("/k8s/c1/api/v1/namespaces/team/secrets/s: 404 NotFound: the server could not find the requested resource", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_NotThere_IsAFaultThatNamesIt()
    {
        await using var cluster = await StartAsync();
        var store = await cluster.OpenByFileAsync(cluster.Folder.Write("k.yaml", "current-context: c\ncontexts: [{name: c, context: {cluster: x, namespace: n}}]\nclusters: [{name: x, cluster: {server: 'https://127.0.0.1:1'}}]"));

        var fault = await Assert.ThrowsAsync<KubernetesException>(async () => await store.GetAsync("s", None, Token));

        Assert.StartsWith("GET https://127.0.0.1:1/api/v1/namespaces/n/secrets/s: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_OfWhatHoldsSecrets_HoldsNone()
    {
        await using var cluster = await StartAsync();
        var token = KubernetesToken.FromText("hunter2");
        var access = new KubernetesAccess { Server = new Uri(cluster.Server.Address), Token = token };
        var secret = new SecretAnswer(new ObjectMetadata("s"), new Dictionary<string, byte[]?> { ["hunter2"] = [1] });

        Assert.Equal("KubernetesToken SecretAnswer SecretListAnswer", $"{token} {secret} {new SecretListAnswer(null, [secret])}");
        Assert.Equal(cluster.Server.Address + "/", access.ToString());
    }

    private static async Task<ISecretStore> OpenWithOtherAuthorityAsync(KubernetesCluster cluster, CertificateSet others)
    {
        var directory = cluster.Server.WriteServiceAccount(cluster.Folder);
        await File.WriteAllTextAsync(Path.Combine(directory, "ca.crt"), others.AuthorityPem, Token);
        return await cluster.OpenAsync(TestHost.Create(environment: cluster.Server.Environment()) with { ServiceAccountDirectory = directory });
    }

    private static async Task<KubernetesException> FailAsync(KubernetesCluster cluster, ISecretStore store)
    {
        var fault = await Assert.ThrowsAsync<KubernetesException>(async () => await store.GetAsync("s", None, Token));
        Assert.All(cluster.Server.Requests, request => Assert.DoesNotContain(request.Token ?? "no token", fault.ToString(), StringComparison.Ordinal));
        return fault;
    }

    private static IEnumerable<(string?, int)> Seen(KubernetesCluster cluster) => cluster.Server.Requests.Select(request => (request.Token, request.Status));
}
