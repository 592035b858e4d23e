using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>How requests to one Azure service are sent.</summary>
internal sealed record AzureRestOptions
{
    /// <summary>The service's name in messages, for example <c>Table Storage</c>.</summary>
    public required string Service { get; init; }

    /// <summary>Proves who we are, on each attempt anew; null sends requests as they are.</summary>
    public HttpPipelinePolicy? Authentication { get; init; }

    /// <summary>How long one operation may take, with all its attempts.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most repetitions of one request.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The pause before the first repetition; each further one is twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long connecting may take, with the TLS handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest content of an answer, in bytes; null trusts the service.</summary>
    public long? LongestAnswer { get; init; }

    /// <summary>The clock of timeouts and pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What carries requests; null means connections of the client's own.</summary>
    public HttpPipelineTransport? Transport { get; init; }
}
