namespace Serverless.Components.Clients.Smtp;

/// <summary>How a <see cref="SmtpMailer"/> reaches its server.</summary>
internal sealed record SmtpOptions
{
    /// <summary>The server's name, which its certificate must hold.</summary>
    public required string Host { get; init; }

    /// <summary>Its port.</summary>
    public required int Port { get; init; }

    /// <summary>True when the connection begins with TLS; otherwise TLS is begun when the server offers it.</summary>
    public bool IsEncryptedFromTheStart { get; init; }

    /// <summary>Accepts any certificate.</summary>
    public bool SkipsVerification { get; init; }

    /// <summary>Who signs in; null means nobody.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>How long sending one message may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
