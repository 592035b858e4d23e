namespace Serverless.Components.Clients.Kubernetes;

/// <summary>The API server refused, failed or can't be reached. The message holds neither token nor secret.</summary>
internal sealed class KubernetesException : Exception
{
    public KubernetesException(string message)
        : base(message)
    {
    }

    public KubernetesException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The HTTP status, or 0 when there was no answer.</summary>
    public int Status { get; init; }

    /// <summary>The machine-readable reason of the answer's <c>Status</c> object, such as <c>NotFound</c>; null when there was none.</summary>
    public string? Reason { get; init; }

    /// <summary>The kind of resource that the answer is about, such as <c>secrets</c>; null when it does not say.</summary>
    public string? Kind { get; init; }

    /// <summary>What the <c>Status</c> object says to people; null when there was none.</summary>
    public string? Detail { get; init; }
}
