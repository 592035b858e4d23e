using Serverless.Backends.Network;

namespace Serverless.Backends.Smtp;

/// <summary>How a test wants a mail server.</summary>
public sealed record SmtpSinkSettings
{
    /// <summary>Who may send; null means anybody.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The ways to sign in.</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = ["PLAIN", "LOGIN"];

    /// <summary>Makes the server want TLS, by STARTTLS unless it is there from the start.</summary>
    public CertificateSet? Certificates { get; init; }

    /// <summary>TLS from the first byte, as on port 465.</summary>
    public bool IsEncryptedFromTheStart { get; init; }
}
