using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serverless.Components.Clients.Kubernetes;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Secrets.Kubernetes;

/// <summary>Reads the current context of a kubeconfig.</summary>
/// <remarks>
/// Kubernetes docs: reference/config-api/kubeconfig.v1. Inline data win over files, and a token file over a token; relative paths start
/// at the kubeconfig's own folder.
/// </remarks>
internal sealed class Kubeconfig
{
    private static readonly string[] UnsupportedOfUsers = ["exec", "auth-provider", "username", "password", "as", "as-uid", "as-groups", "as-user-extra"];
    private readonly string _path;
    private readonly YamlNode _root;

    private Kubeconfig(string path, YamlNode root)
    {
        _path = path;
        _root = root;
    }

    /// <summary>The access that the file's current context describes.</summary>
    /// <exception cref="KubernetesException">The file can't be read or used; the message quotes none of it but names and addresses.</exception>
    public static async Task<KubernetesAccess> ReadAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var text = await File.ReadAllTextAsync(path, cancellationToken);
            var root = YamlReader.Parse(text) ?? throw new ComponentException("it is empty");
            return await new Kubeconfig(Path.GetFullPath(path), root).ToAccessAsync(time, cancellationToken);
        }
        catch (Exception fault) when (fault is ComponentException or IOException or UnauthorizedAccessException)
        {
            throw new KubernetesException($"kubeconfig {path}: {fault.Message}", fault);
        }
    }

    private async Task<KubernetesAccess> ToAccessAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var name = _root.TextOf("current-context") is { Length: > 0 } current ? current : throw new ComponentException("current-context is not set");
        var context = Find("contexts", "context", name);
        var cluster = Find("clusters", "cluster", context.TextOf("cluster") ?? "");
        var user = context.TextOf("user") is { Length: > 0 } userName ? Find("users", "user", userName) : null;
        Refuse(cluster, "clusters", "", "proxy-url");
        if (user is not null)
        {
            Refuse(user, "users", "; use a token, a tokenFile or a client certificate", UnsupportedOfUsers);
        }

        var authority = await DataAsync(cluster, "certificate-authority", cancellationToken);
        var skipsVerification = cluster.BooleanOf("insecure-skip-tls-verify") ?? false;
        if (skipsVerification && authority is not null)
        {
            throw new ComponentException("insecure-skip-tls-verify and a certificate-authority exclude each other");
        }

        var (certificate, issuers) = user is null ? (null, []) : await ReadCertificateAsync(user, cancellationToken);
        return new KubernetesAccess
        {
            Server = ReadServer(cluster.TextOf("server")),
            Authorities = authority is null ? [] : ReadAuthorities(authority),
            SkipsVerification = skipsVerification,
            ServerName = cluster.TextOf("tls-server-name"),
            ClientCertificate = certificate,
            ClientIssuers = issuers,
            Token = user is null ? null : ReadToken(user, time),
            Namespace = context.TextOf("namespace"),
        };
    }

    private YamlNode Find(string list, string member, string name) =>
        _root.ItemsOf(list).FirstOrDefault(item => item.TextOf("name") == name)?[member]
        ?? throw new ComponentException($"{list} has no '{name}'");

    private static void Refuse(YamlNode node, string list, string advice, params ReadOnlySpan<string> members)
    {
        foreach (var member in members)
        {
            if (node[member] is not null)
            {
                throw new ComponentException($"'{member}' in {list} is not supported{advice}");
            }
        }
    }

    // An address with a password in it would show up in messages.
    private static Uri ReadServer(string? server) =>
        Uri.TryCreate(server, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address.UserInfo.Length == 0
            ? address
            : throw new ComponentException("'server' must be an http or https address without a user");

    private static X509Certificate2Collection ReadAuthorities(string pem)
    {
        try
        {
            return ServiceAccount.ReadAuthorities(pem);
        }
        catch (FormatException)
        {
            throw new ComponentException("the certificate-authority is no PEM certificate");
        }
    }

    private KubernetesToken? ReadToken(YamlNode user, TimeProvider time) =>
        user.TextOf("tokenFile") is { Length: > 0 } file ? KubernetesToken.FromFile(Absolute(file), time)
        : user.TextOf("token") is { Length: > 0 } token ? KubernetesToken.FromText(token.Trim())
        : null;

    private async Task<(X509Certificate2? Certificate, X509Certificate2Collection Issuers)> ReadCertificateAsync(YamlNode user, CancellationToken cancellationToken)
    {
        var certificate = await DataAsync(user, "client-certificate", cancellationToken);
        var key = await DataAsync(user, "client-key", cancellationToken);
        if (certificate is null && key is null)
        {
            return (null, []);
        }

        if (certificate is null || key is null)
        {
            throw new ComponentException("client-certificate and client-key need each other");
        }

        try
        {
            X509Certificate2Collection issuers = [];
            issuers.ImportFromPem(certificate);
            return (X509Certificate2.CreateFromPem(certificate, key), issuers);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            // Without the fault itself, which may quote what it read.
            throw new ComponentException("client-certificate and client-key are no PEM certificate and its key");
        }
    }

    /// <summary>The text of a member that stands inline as base64, or in a file; null when it is absent.</summary>
    private async Task<string?> DataAsync(YamlNode node, string member, CancellationToken cancellationToken)
    {
        if (node.TextOf($"{member}-data") is { Length: > 0 } data)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                throw new ComponentException($"'{member}-data' is not base64");
            }
        }

        return node.TextOf(member) is { Length: > 0 } file ? await File.ReadAllTextAsync(Absolute(file), cancellationToken) : null;
    }

    private string Absolute(string file) => Path.GetFullPath(file, Path.GetDirectoryName(_path)!);
}
