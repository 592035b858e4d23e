using Serverless.Backends.Network;

namespace Serverless.Backends.Azurite;

/// <summary>How a test wants Azurite started.</summary>
public sealed record AzuriteSettings
{
    /// <summary>The account every Azurite has by default.</summary>
    public const string DefaultAccount = "devstoreaccount1";

    /// <summary>The key of <see cref="DefaultAccount"/>; it is public.</summary>
    public const string DefaultKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>The caller's folder that keeps the data over a restart, though not over SIGKILL. Null keeps them in memory.</summary>
    public string? Location { get; init; }

    /// <summary>The only account of the server.</summary>
    public string Account { get; init; } = DefaultAccount;

    /// <summary>The account's key in Base64.</summary>
    public string Key { get; init; } = DefaultKey;

    /// <summary>Speaks https instead of http and takes bearer tokens beside the key; see <see cref="AzuriteToken"/>.</summary>
    public CertificateSet? Certificates { get; init; }

    /// <summary>Fills <see cref="AzuriteServer.Requests"/>.</summary>
    public bool IsLogged { get; init; }
}
