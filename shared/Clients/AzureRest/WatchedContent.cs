using Azure.Core;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>The content of a request that must not be executed twice; it knows whether the request may have left.</summary>
/// <remarks>
/// A connection asks for the content before it sends anything, the headers included: who was never asked was not sent. And only a
/// request without content is sent once more by the connection pool on its own account, when a kept connection turns out to be closed.
/// </remarks>
internal sealed class WatchedContent(RequestContent? content) : RequestContent
{
    private static readonly RequestContent Nothing = Create(ReadOnlyMemory<byte>.Empty);
    private readonly RequestContent _content = content ?? Nothing;

    /// <summary>True when the request may be with the service, which has not answered.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>An answer came, or another attempt begins.</summary>
    public void Reset() => IsUnderWay = false;

    public override bool TryComputeLength(out long length) => _content.TryComputeLength(out length);

    public override Task WriteToAsync(Stream stream, CancellationToken cancellation)
    {
        IsUnderWay = true;
        return _content.WriteToAsync(stream, cancellation);
    }

    public override void WriteTo(Stream stream, CancellationToken cancellation)
    {
        IsUnderWay = true;
        _content.WriteTo(stream, cancellation);
    }

    public override void Dispose() => _content.Dispose();
}
