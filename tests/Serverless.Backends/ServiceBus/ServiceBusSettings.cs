using Serverless.Backends.Network;
using Serverless.Backends.TokenServers;

namespace Serverless.Backends.ServiceBus;

/// <summary>A namespace and how it behaves.</summary>
public sealed record ServiceBusSettings
{
    /// <summary>The audience that tokens of Microsoft Entra must have.</summary>
    public const string Audience = "https://servicebus.azure.net";

    /// <summary>The queues.</summary>
    public IReadOnlyList<QueueSettings> Queues { get; init; } = [];

    /// <summary>The topics.</summary>
    public IReadOnlyList<TopicSettings> Topics { get; init; } = [];

    /// <summary>The keys that sign tokens; the first one stands in the connection string.</summary>
    public IReadOnlyList<SharedAccessPolicy> Policies { get; init; } = [new("RootManageSharedAccessKey", $"key{Guid.NewGuid():N}==")];

    /// <summary>Its tokens are accepted when they are for <see cref="Audience"/> and current.</summary>
    public TokenServer? Tokens { get; init; }

    /// <summary>Further bearer tokens that are accepted.</summary>
    public Func<string, bool>? Accepts { get; init; }

    /// <summary>Whose server certificate is shown; null means a set of its own.</summary>
    public CertificateSet? Certificates { get; init; }

    /// <summary>The status for an entity that isn't there: 410 as documented, or 404.</summary>
    public int UnknownEntityStatus { get; init; } = 410;

    /// <summary>The status for a lock that is lost: 404 as documented, or 409 or 410 as others have seen.</summary>
    public int LockLostStatus { get; init; } = 404;

    /// <summary>The status for a message that is too large: 403 as documented, or 413.</summary>
    public int TooLargeStatus { get; init; } = 403;

    /// <summary>The most bytes of a message, or of all messages of a batch, with their properties.</summary>
    public int MostBytes { get; init; } = 256 * 1024;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
