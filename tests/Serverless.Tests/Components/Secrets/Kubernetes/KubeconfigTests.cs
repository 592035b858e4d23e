using Serverless.Backends.Kubernetes;
using Serverless.Components.Registry;
using Serverless.Components.Secrets;
using Serverless.Tests.Components.Registry;
using static Serverless.Tests.Components.Secrets.Kubernetes.KubernetesCluster;

namespace Serverless.Tests.Components.Secrets.Kubernetes;

public sealed class KubeconfigTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_AndTheContextsNamespace_AreUsed()
    {
        await using var cluster = await StartAsync();
        await ReadsAsync(cluster, await cluster.OpenByFileAsync(cluster.Server.WriteKubeconfig(cluster.Folder)));

        Assert.Equal(cluster.Server.Token, Assert.Single(cluster.Server.Requests).Token);
    }

    [Fact]
    public async Task TokenFile_RelativeToTheKubeconfig_WinsAndFollowsChanges()
    {
        await using var cluster = await StartAsync();
        cluster.Folder.Write("secrets/token", cluster.Server.Token + "\n");
        var store = await cluster.OpenByFileAsync(cluster.Server.WriteKubeconfig(cluster.Folder, "tokenFile: secrets/token, token: wrong"));
        await ReadsAsync(cluster, store);

        cluster.Server.Token = "another";
        cluster.Folder.Replace("secrets/token", "another");
        await ReadsAsync(cluster, store);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientCertificate_InlineOrInFiles_LetsIn(bool isInline)
    {
        await using var cluster = await StartAsync();
        var certificates = cluster.Server.Certificates;
        cluster.Folder.Write("client.crt", certificates.ClientPem);
        cluster.Folder.Write("client.key", certificates.ClientKeyPem);
        cluster.Folder.Write("ca.crt", certificates.AuthorityPem);
        var kubeconfig = isInline
            ? cluster.Server.WriteKubeconfig(cluster.Folder, $"client-certificate-data: {KubernetesFiles.Base64(certificates.ClientPem)}, client-key-data: {KubernetesFiles.Base64(certificates.ClientKeyPem)}")
            : cluster.Server.WriteKubeconfig(cluster.Folder, "client-certificate: client.crt, client-key: client.key", "certificate-authority: ca.crt");

        await ReadsAsync(cluster, await cluster.OpenByFileAsync(kubeconfig));

        Assert.Null(Assert.Single(cluster.Server.Requests).Token);
    }

    [Theory]
    [InlineData("insecure-skip-tls-verify: true", true)]
    [InlineData("insecure-skip-tls-verify: false", false)]
    [InlineData("tls-server-name: localhost, certificate-authority: ca.crt", true)]
    [InlineData("tls-server-name: elsewhere, certificate-authority: ca.crt", false)]
    public async Task ClusterTls_Settings_DecideWhomToTrust(string members, bool works)
    {
        await using var cluster = await StartAsync();
        cluster.Folder.Write("ca.crt", cluster.Server.Certificates.AuthorityPem);
        var store = await cluster.OpenByFileAsync(cluster.Server.WriteKubeconfig(cluster.Folder, null, members));
        cluster.Server.Put("team", "s", ("k", "v"));

        var fault = await Record.ExceptionAsync(async () => await store.GetAsync("s", None, Token));

        Assert.True(works == fault is null, fault?.Message);
    }

    [Theory]
    [InlineData("KUBECONFIG")]
    [InlineData("HOME")]
    public async Task UsualPlaces_OutsideOfACluster_AreLookedAt(string variable)
    {
        await using var cluster = await StartAsync();
        var written = cluster.Server.WriteKubeconfig(cluster.Folder);
        if (variable == "HOME")
        {
            Directory.CreateDirectory(cluster.Folder.At(".kube"));
            File.Move(written, cluster.Folder.At(".kube", "config"));
        }

        var environment = new Dictionary<string, string> { [OperatingSystem.IsWindows() && variable == "HOME" ? "USERPROFILE" : variable] = variable == "HOME" ? cluster.Folder.Root : written };
        await ReadsAsync(cluster, await cluster.OpenAsync(TestHost.Create(environment: environment) with { ServiceAccountDirectory = cluster.Folder.At("absent") }));
    }

    [Fact]
    public async Task Path_InACluster_WinsOverTheServiceAccount()
    {
        await using var cluster = await StartAsync();
        cluster.Server.Put("team", "s", ("k", "v"));

        var store = await cluster.OpenInClusterAsync(null, new MetadataValue("kubeconfigPath", cluster.Server.WriteKubeconfig(cluster.Folder)));

        Assert.Equal("v", (await store.GetAsync("s", None, Token))!["k"]);
    }

    [Theory]
    [InlineData("exec: { command: hunter2 }", null, "'exec' in users is not supported; use a token, a tokenFile or a client certificate")]
    [InlineData("auth-provider: { name: gcp }", null, "'auth-provider' in users is not supported; use a token, a tokenFile or a client certificate")]
    [InlineData("username: hunter2, password: hunter2", null, "'username' in users is not supported; use a token, a tokenFile or a client certificate")]
    [InlineData("client-certificate-data: aHVudGVyMg==", null, "client-certificate and client-key need each other")]
    [InlineData("client-certificate-data: aHVudGVyMg==, client-key-data: aHVudGVyMg==", null, "client-certificate and client-key are no PEM certificate and its key")]
    [InlineData("client-key-data: '*hunter2*'", null, "'client-key-data' is not base64")]
    [InlineData(null, "proxy-url: http://p", "'proxy-url' in clusters is not supported")]
    [InlineData(null, "certificate-authority-data: aHVudGVyMg==", "the certificate-authority is no PEM certificate")]
    [InlineData(null, "certificate-authority: absent.crt", "absent.crt")]
    [InlineData(null, "insecure-skip-tls-verify: true, certificate-authority-data: aHVudGVyMg==", "insecure-skip-tls-verify and a certificate-authority exclude each other")]
    public async Task Members_ThatDoNotWork_AreNamedWithoutTheirValues(string? user, string? clusterMembers, string told)
    {
        await using var cluster = await StartAsync();
        var kubeconfig = cluster.Server.WriteKubeconfig(cluster.Folder, user, clusterMembers);

        await FailsAsync(cluster, kubeconfig, told);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("a: [", "invalid YAML at line")]
    [InlineData("kind: Config", "current-context is not set")]
    [InlineData("current-context: c", "contexts has no 'c'")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: x}}]", "clusters has no 'x'")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: x, user: u}}]\nclusters: [{name: x, cluster: {server: 'https://h'}}]", "users has no 'u'")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: x}}]\nclusters: [{name: x, cluster: {server: 'https://u:hunter2@h'}}]", "'server' must be an http or https address without a user")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: x}}]\nclusters: [{name: x, cluster: {server: here}}]", "'server' must be an http or https address without a user")]
    public async Task File_Damaged_SaysWhere(string text, string told)
    {
        await using var cluster = await StartAsync();

        await FailsAsync(cluster, cluster.Folder.Write("k.yaml", text), told);
    }

    [Fact]
    public async Task File_Absent_SaysSo()
    {
        await using var cluster = await StartAsync();

        await FailsAsync(cluster, cluster.Folder.At("absent.yaml"), "absent.yaml");
    }

    private static async Task FailsAsync(KubernetesCluster cluster, string kubeconfig, string told)
    {
        var fault = await Assert.ThrowsAsync<ComponentException>(() => cluster.OpenByFileAsync(kubeconfig));
        Assert.StartsWith($"component 'k': kubeconfig {kubeconfig}: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }

    private static async Task ReadsAsync(KubernetesCluster cluster, ISecretStore store)
    {
        cluster.Server.Put("team", "s", ("k", "v"));
        Assert.Equal("v", (await store.GetAsync("s", None, Token))!["k"]);
    }
}
