using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>Certificates that stand as PEM in metadata items.</summary>
internal static class CertificateItems
{
    /// <summary>The authorities of a text; none when it holds none, which is a fault of the item.</summary>
    public static X509Certificate2Collection Authorities(MetadataBinder binder, string item, string text)
    {
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            authorities = [];
        }

        if (authorities.Count == 0)
        {
            binder.Fault(item, "one or more PEM certificates");
        }

        return authorities;
    }

    /// <summary>A client's certificate with its key, and its issuers; null when there is none, or when the items have a fault.</summary>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Issuers)? Client(
        MetadataBinder binder, (string Item, string? Text) certificate, (string Item, string? Text) key)
    {
        if (certificate.Text is null || key.Text is null)
        {
            if (certificate.Text is not null || key.Text is not null)
            {
                // daprd goes on without a certificate, which shows only when the server refuses.
                var (absent, present) = key.Text is null ? (key.Item, certificate.Item) : (certificate.Item, key.Item);
                binder.Fault(absent, $"a value beside {present}");
            }

            return null;
        }

        try
        {
            X509Certificate2Collection issuers = [];
            issuers.ImportFromPem(certificate.Text);
            issuers.RemoveAt(0);
            return (X509Certificate2.CreateFromPem(certificate.Text, key.Text), issuers);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            binder.Fault(certificate.Item, $"a PEM certificate, which its issuers' may follow, and in {key.Item} its PEM key without a password");
            return null;
        }
    }
}
