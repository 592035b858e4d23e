using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Components.Clients.Kubernetes;

/// <summary>The access that a cluster mounts into its pods.</summary>
/// <remarks>Kubernetes docs: tasks/run-application/access-api-from-pod.</remarks>
internal static class ServiceAccount
{
    /// <summary>The mounted access, or null outside of a cluster.</summary>
    /// <param name="directory">Where token, authority and namespace are mounted.</param>
    /// <param name="environment">Tells the server's address.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="KubernetesException">What is mounted can't be used.</exception>
    public static async Task<KubernetesAccess?> FindAsync(
        string directory, Func<string, string?> environment, TimeProvider time, CancellationToken cancellationToken)
    {
        var token = Path.Combine(directory, "token");
        if (environment("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || environment("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port || !File.Exists(token))
        {
            return null;
        }

        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            throw new KubernetesException("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no address");
        }

        try
        {
            var mounted = Path.Combine(directory, "namespace");
            return new KubernetesAccess
            {
                Server = new UriBuilder(Uri.UriSchemeHttps, host, number).Uri,
                Authorities = ReadAuthorities(await File.ReadAllTextAsync(Path.Combine(directory, "ca.crt"), cancellationToken)),
                Token = KubernetesToken.FromFile(token, time),
                Namespace = File.Exists(mounted) ? (await File.ReadAllTextAsync(mounted, cancellationToken)).Trim() : null,
            };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesException($"the service account can't be read: {fault.Message}", fault);
        }
        catch (FormatException fault)
        {
            throw new KubernetesException($"{Path.Combine(directory, "ca.crt")} holds no PEM certificate", fault);
        }
    }

    /// <summary>Certificates of authorities.</summary>
    /// <exception cref="FormatException">The text holds no PEM certificate.</exception>
    public static X509Certificate2Collection ReadAuthorities(string pem)
    {
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException fault)
        {
            throw new FormatException("no PEM certificate", fault);
        }

        return authorities.Count > 0 ? authorities : throw new FormatException("no PEM certificate");
    }
}
