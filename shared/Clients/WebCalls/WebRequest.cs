namespace Serverless.Components.Clients.WebCalls;

/// <summary>A call to be sent.</summary>
/// <param name="Method">The method.</param>
/// <param name="Address">The absolute address.</param>
internal sealed record WebRequest(HttpMethod Method, Uri Address)
{
    /// <summary>The headers.</summary>
    public required WebHeaders Headers { get; init; }

    /// <summary>The body; null means none, which differs from an empty one.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>True when the method promises to change nothing.</summary>
    public bool IsSafe => Method == HttpMethod.Get || Method == HttpMethod.Head || Method == HttpMethod.Options || Method == HttpMethod.Trace;
}
