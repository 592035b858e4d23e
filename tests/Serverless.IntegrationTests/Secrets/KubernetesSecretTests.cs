using Serverless.Backends.Kubernetes;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Secrets;

/// <summary>The app on a cluster's API server, by a kubeconfig over https.</summary>
public sealed class KubernetesSecretTests : IAsyncLifetime
{
    private const string Value = "hunter2-must-stay-secret";
    private readonly TempFolder _folder = new();
    private KubernetesApiServer? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private KubernetesApiServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await KubernetesApiServer.StartAsync(Token);
        _server.Put("team", "db", ("user", "app"), ("password", $"<{Value}>"));
        _server.Put("team", "state", ("key", "00112233445566778899aabbccddeeff"));
        _server.Put("other", "db", ("user", "other"));
        _server.Forbid("closed");
    }

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task Secrets_OfTheApi_AreTheClusters()
    {
        await using var app = await StartAsync();

        await WireCheck.SendAllAsync(
            app.Port,
            WireStep.Get("/v1.0/secrets/cluster/db", Bytes($$"""{"password":"\u003c{{Value}}\u003e","user":"app"}""" + "\n")),
            WireStep.Get("/v1.0/secrets/cluster/db?metadata.namespace=other", Bytes("""{"user":"other"}""" + "\n")),
            WireStep.Get("/v1.0/secrets/cluster/bulk?metadata.namespace=other", Bytes("""{"db":{"user":"other"}}""" + "\n")),
            WireStep.Get("/v1.0/secrets/cluster/bulk?metadata.namespace=empty", Bytes("{}\n")),
            WireStep.Get("/v1.0/secrets/cluster/x%2Fy", Error(
                500, "ERR_SECRET_GET", "failed getting secret with key x/y from secret store cluster: invalid resource name \"x/y\": [may not contain '/']")),
            WireStep.Get("/v1.0/secrets/cluster/absent", Error(
                500, "ERR_SECRET_GET", "failed getting secret with key absent from secret store cluster: secrets \"absent\" not found")),
            WireStep.Get("/v1.0/secrets/cluster/bulk?metadata.namespace=closed", Error(
                500,
                "ERR_SECRET_GET",
                $"failed getting secrets from secret store cluster: GET {Server.Address}/api/v1/namespaces/closed/secrets: 403 Forbidden: secrets is forbidden: User \"{KubernetesApiServer.User}\" cannot list resource \"secrets\" in API group \"\" in the namespace \"closed\"")));
        Assert.DoesNotContain(Value, app.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Server.Token, app.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecretKeyRef_OfAComponent_ResolvesBeforeItStarts()
    {
        await using var app = await StartAsync(("aa-store.yaml", SecretResources.EncryptedStore("cluster", "state", "key")));

        await WireCheck.SendAllAsync(
            app.Port,
            WireStep.Post("/v1.0/state/encrypted", """[{"key":"k","value":1}]""", Empty()),
            WireStep.Get("/v1.0/state/encrypted/k", Bytes("1")));
    }

    [Fact]
    public async Task Token_Rotated_NoRequestFails()
    {
        await using var app = await StartAsync();
        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/secrets/cluster/db", new WireAnswer(200)));

        Server.Token = "second-token";
        Server.WriteToken(_folder);

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/secrets/cluster/db", new WireAnswer(200)));
    }

    [Fact]
    public async Task Server_FailsForAWhile_IsToldAndServedAgain()
    {
        await using var app = await StartAsync();
        Server.Inject(KubernetesFault.InternalError);

        await WireCheck.SendAllAsync(
            app.Port,
            WireStep.Get("/v1.0/secrets/cluster/db", Error(
                500,
                "ERR_SECRET_GET",
                $"failed getting secret with key db from secret store cluster: GET {Server.Address}/api/v1/namespaces/team/secrets/db: 500 InternalError: Internal error occurred: etcdserver: request timed out")),
            WireStep.Get("/v1.0/secrets/cluster/db", new WireAnswer(200)));
    }

    [Fact]
    public async Task Start_KubernetesModeWithoutACluster_AddsNothing()
    {
        Assert.SkipWhen(File.Exists("/var/run/secrets/kubernetes.io/serviceaccount/token"), "this runs in a cluster");
        await using var app = await AppProcess.StartAsync(new AppSettings { Arguments = ["--mode", "kubernetes"] }, Token);

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/secrets/kubernetes/k", Error(500, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured")));
        Assert.True(app.Output.HasLine("--mode kubernetes only adds the secret store"), app.Output.Text);
    }

    [Fact]
    public async Task Start_NoClusterAndNoKubeconfig_SaysSo()
    {
        Assert.SkipWhen(File.Exists("/var/run/secrets/kubernetes.io/serviceaccount/token"), "this runs in a cluster");
        await using var app = await AppProcess.LaunchAsync(new AppSettings
        {
            Folder = _folder,
            Resources = new Dictionary<string, string> { ["cluster.yaml"] = Resources.Component("cluster", "secretstores.kubernetes") },
            Environment = new Dictionary<string, string> { ["HOME"] = _folder.Root },
        });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));
        Assert.True(app.Output.HasLine("component 'cluster'", "no service account is mounted", "kubeconfigPath"), app.Output.Text);
    }

    private Task<AppProcess> StartAsync(params (string File, string Yaml)[] others)
    {
        Server.WriteToken(_folder);
        var kubeconfig = Server.WriteKubeconfig(_folder, "tokenFile: serviceaccount/token");
        var resources = others.ToDictionary(other => other.File, other => other.Yaml);
        resources["zz-cluster.yaml"] = Resources.Component("cluster", "secretstores.kubernetes", ("kubeconfigPath", kubeconfig));
        return AppProcess.StartAsync(new AppSettings { Folder = _folder, Resources = resources, Arguments = ["--enable-api-logging", "--log-level", "debug"] }, Token);
    }
}
