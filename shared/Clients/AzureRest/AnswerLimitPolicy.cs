using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>Reads the content of each answer into memory, but not without end.</summary>
/// <param name="limit">The longest content in bytes.</param>
internal sealed class AnswerLimitPolicy(long limit) : HttpPipelinePolicy
{
    private const int PieceSize = 64 << 10;

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("requests are sent asynchronously only");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        // Else the pipeline would have read it whole before we see it.
        message.BufferResponse = false;
        await ProcessNextAsync(message, pipeline);
        if (message.Response.ContentStream is not { } incoming)
        {
            return;
        }

        await using (incoming)
        {
            var content = new MemoryStream();
            var piece = new byte[PieceSize];
            while (await incoming.ReadAsync(piece, message.CancellationToken) is var read and > 0)
            {
                if (content.Length + read > limit)
                {
                    throw new InvalidDataException($"the answer ({message.Response.Status}) is longer than {limit} bytes");
                }

                await content.WriteAsync(piece.AsMemory(0, read), message.CancellationToken);
            }

            content.Position = 0;
            message.Response.ContentStream = content;
        }
    }
}
