namespace Serverless.Components.Clients.Smtp;

/// <summary>A message of HTML.</summary>
internal sealed record SmtpMessage
{
    /// <summary>The sender.</summary>
    public required SmtpAddress From { get; init; }

    /// <summary>The receivers.</summary>
    public required IReadOnlyList<SmtpAddress> To { get; init; }

    /// <summary>Who gets a copy.</summary>
    public IReadOnlyList<SmtpAddress> Cc { get; init; } = [];

    /// <summary>Who gets a copy that nobody else knows of.</summary>
    public IReadOnlyList<SmtpAddress> Bcc { get; init; } = [];

    /// <summary>The subject, without control characters.</summary>
    public required string Subject { get; init; }

    /// <summary>1 (highest) to 5 (lowest).</summary>
    public int Priority { get; init; } = 3;

    /// <summary>The body as UTF-8.</summary>
    public ReadOnlyMemory<byte> Html { get; init; }
}
