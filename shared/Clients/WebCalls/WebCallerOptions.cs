using System.Net.Security;

namespace Serverless.Components.Clients.WebCalls;

/// <summary>How a <see cref="WebCaller"/> calls.</summary>
internal sealed record WebCallerOptions
{
    /// <summary>How long a call may take with its whole answer; null means as long as its caller waits.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>The longest body of an answer, in bytes; 0 means no limit but the runtime's.</summary>
    public long LongestAnswer { get; init; } = 100 << 20;

    /// <summary>Whom to trust and who we are, for https.</summary>
    public SslClientAuthenticationOptions Tls { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
