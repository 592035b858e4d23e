using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>Repeats requests as Azure.Core does, but not where a second execution could undo, double or lose something.</summary>
/// <remarks>
/// Azure.Core repeats every method alike; then the second answer to a write whose first answer got lost tells nothing
/// (a condition that held no longer does), and a repeated receive loses a message.
/// </remarks>
/// <param name="retries">Most repetitions.</param>
/// <param name="delay">Their distances; a longer <c>Retry-After</c> of the service counts more.</param>
/// <param name="longestPause">A service that asks for a longer pause is not asked again.</param>
/// <param name="time">The clock of the pauses.</param>
internal sealed class CarefulRetryPolicy(int retries, DelayStrategy delay, TimeSpan longestPause, TimeProvider time) : HttpPipelinePolicy
{
    private const string OperationTimedOut = nameof(OperationTimedOut);

    /// <summary>True for an answer that does not tell whether the service executed the request.</summary>
    public static bool LeavesOpen(Response response) =>
        LeavesOpen(response.Status, response.Status == (int)HttpStatusCode.ServiceUnavailable ? AzureError.Read(response).Code : null);

    /// <summary>The same for a part of an answer.</summary>
    public static bool LeavesOpen(int status, string? code) => (HttpStatusCode)status switch
    {
        HttpStatusCode.RequestTimeout or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => true,
        HttpStatusCode.ServiceUnavailable => code == OperationTimedOut,
        _ => false,
    };

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("requests are sent asynchronously only");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var content = message.Request.Content as WatchedContent;
        for (var repetition = 1; ; repetition++)
        {
            TimeSpan pause;
            try
            {
                await ProcessNextAsync(message, pipeline);
                content?.Reset();
                if (!message.Response.IsError || repetition > retries || !AllowsAfter(message.Response, message))
                {
                    return;
                }

                pause = delay.GetNextDelay(message.Response, repetition);
                if (pause > longestPause)
                {
                    return;
                }

                message.Response.Dispose();
            }
            catch (Exception fault) when (repetition <= retries && AllowsAfter(fault, message, content))
            {
                content?.Reset();
                pause = delay.GetNextDelay(null, repetition);
            }

            await Task.Delay(pause, time, message.CancellationToken);
            var context = message.ProcessingContext;
            context.RetryNumber = repetition;
        }
    }

    private static bool AllowsAfter(Exception fault, HttpMessage message, WatchedContent? content) =>
        RepeatRule.Of(message) is var rule && rule != RepeatRule.Never
        && (rule == RepeatRule.Freely || content is { IsUnderWay: false })
        && !message.CancellationToken.IsCancellationRequested
        && (fault is SocketException || message.ResponseClassifier.IsRetriable(message, fault));

    private static bool AllowsAfter(Response response, HttpMessage message) =>
        RepeatRule.Of(message) is var rule && rule != RepeatRule.Never
        && (rule == RepeatRule.Freely || (response.Status is (int)HttpStatusCode.TooManyRequests or (int)HttpStatusCode.ServiceUnavailable && !LeavesOpen(response)))
        && message.ResponseClassifier.IsRetriableResponse(message)
        && !(response.Headers.TryGetValue("x-ms-retrypolicy", out var words) && words.Equals("NoRetry", StringComparison.OrdinalIgnoreCase));
}
