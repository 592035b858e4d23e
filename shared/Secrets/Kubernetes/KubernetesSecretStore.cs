using System.Text;
using Serverless.Components.Clients.Kubernetes;
using Serverless.Components.Registry;

namespace Serverless.Components.Secrets.Kubernetes;

/// <summary><c>secretstores.kubernetes</c>: the secrets of a cluster, each with all its keys.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-secret-stores/kubernetes-secret-store. Like daprd it asks the server nothing
/// before the first secret is wanted, and reports no capability. A value that is no UTF-8 text has its odd bytes replaced.
/// </remarks>
internal sealed class KubernetesSecretStore(ComponentContext context) : ISecretStore
{
    private const string NamespaceItem = "namespace";
    private readonly KubernetesSecretOptions _options = KubernetesSecretOptions.Bind(context.Metadata);
    private string? _namespace;
    private KubernetesClient? _client;

    public IReadOnlyList<string> Capabilities => [];

    private KubernetesClient Client => _client ?? throw new InvalidOperationException("the secret store is not initialised");

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var access = await FindAccessAsync(cancellationToken);
            _namespace = NonEmpty(context.Host.Namespace) ?? _options.DefaultNamespace ?? NonEmpty(access.Namespace);
            _client = new KubernetesClient(access, context.Host.Time);
        }
        catch (KubernetesException fault)
        {
            throw new ComponentException($"component '{context.Name}': {fault.Message}", fault);
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        try
        {
            return Decode(await Client.GetSecretAsync(Namespace(metadata), name, cancellationToken));
        }
        catch (KubernetesException fault) when (fault is { Reason: "NotFound", Kind: "secrets", Detail: { Length: > 0 } detail })
        {
            throw new SecretNotFoundException(detail, fault);
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var secret in await Client.ListSecretsAsync(Namespace(metadata), cancellationToken))
        {
            all[secret.Metadata!.Name!] = Decode(secret);
        }

        return all;
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Dictionary<string, string> Decode(SecretAnswer secret)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in secret.Data ?? new Dictionary<string, byte[]?>())
        {
            values[key] = Encoding.UTF8.GetString(value ?? []);
        }

        return values;
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private string Namespace(IReadOnlyDictionary<string, string> metadata) =>
        NonEmpty(metadata.GetValueOrDefault(NamespaceItem)) ?? _namespace
        ?? throw new KubernetesException("namespace is missing on metadata and NAMESPACE env variable, and no default namespace is set");

    // What the component names, else the pod's own, else where Kubernetes' tools look.
    private async Task<KubernetesAccess> FindAccessAsync(CancellationToken cancellationToken)
    {
        var host = context.Host;
        if (_options.KubeconfigPath is { } given)
        {
            return await Kubeconfig.ReadAsync(given, host.Time, cancellationToken);
        }

        if (await ServiceAccount.FindAsync(host.ServiceAccountDirectory, host.Environment, host.Time, cancellationToken) is { } mounted)
        {
            return mounted;
        }

        var usual = NonEmpty(host.Environment("KUBECONFIG"))
            ?? (NonEmpty(host.Environment(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME")) is { } home ? Path.Combine(home, ".kube", "config") : null);
        return File.Exists(usual)
            ? await Kubeconfig.ReadAsync(usual, host.Time, cancellationToken)
            : throw new KubernetesException($"no service account is mounted in {host.ServiceAccountDirectory}, and there is no kubeconfig; set kubeconfigPath outside of a cluster");
    }
}
