using System.Net;

namespace Serverless.Components.Clients.WebCalls;

/// <summary>The body of a call; it knows whether the call may have left.</summary>
/// <remarks>
/// A connection asks for the body before it sends anything. And only a call without a body is sent once more by the connection pool
/// on its own account, when a kept connection turns out to be closed.
/// </remarks>
internal sealed class WebContent(ReadOnlyMemory<byte> body) : HttpContent
{
    /// <summary>True when the call may be with the server.</summary>
    public bool IsUnderWay { get; private set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsUnderWay = true;
        await stream.WriteAsync(body, cancellationToken);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
