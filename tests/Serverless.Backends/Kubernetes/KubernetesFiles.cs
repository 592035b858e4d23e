using Serverless.Backends.Processes;

namespace Serverless.Backends.Kubernetes;

/// <summary>What a cluster or its tools put on disk for clients.</summary>
public static class KubernetesFiles
{
    /// <summary>Writes a service account as it is mounted into pods, and returns its folder.</summary>
    public static string WriteServiceAccount(this KubernetesApiServer server, TempFolder folder, string @namespace = "default")
    {
        folder.Write("serviceaccount/ca.crt", server.Certificates.AuthorityPem);
        folder.Write("serviceaccount/namespace", @namespace);
        server.WriteToken(folder);
        return folder.At("serviceaccount");
    }

    /// <summary>Writes the token that is valid now into a service account.</summary>
    public static void WriteToken(this KubernetesApiServer server, TempFolder folder) => folder.Replace("serviceaccount/token", server.Token);

    /// <summary>The variables that the cluster sets in pods.</summary>
    public static Dictionary<string, string> Environment(this KubernetesApiServer server) => new()
    {
        ["KUBERNETES_SERVICE_HOST"] = "127.0.0.1",
        ["KUBERNETES_SERVICE_PORT"] = $"{server.Port}",
    };

    /// <summary>Writes a kubeconfig with one context, and returns its path.</summary>
    /// <param name="server">The server.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="user">The members of the user, as YAML in flow style; null means a token.</param>
    /// <param name="cluster">Further members of the cluster in place of its authority, or null.</param>
    public static string WriteKubeconfig(this KubernetesApiServer server, TempFolder folder, string? user = null, string? cluster = null) => folder.Write(
        "kubeconfig.yaml",
        $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        preferences: {}
        clusters:
        - name: other
          cluster: { server: "https://127.0.0.1:1" }
        - name: cluster
          cluster: { server: "{{server.Address}}", {{cluster ?? $"certificate-authority-data: {Base64(server.Certificates.AuthorityPem)}"}} }
        contexts:
        - name: test
          context: { cluster: cluster, user: app, namespace: team }
        users:
        - name: app
          user: { {{user ?? $"token: \"{server.Token}\""}} }
        """);

    /// <summary>Text as kubeconfigs hold it inline.</summary>
    public static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
