using System.Globalization;
using System.Net;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>Azure.Core's retries, held back where a second execution could undo, double or lose something.</summary>
/// <remarks>
/// Azure.Core repeats every method alike; then the second answer to a write whose first answer got lost tells nothing
/// (a condition that held no longer does), and a repeated receive loses a message.
/// </remarks>
/// <param name="retries">Most repetitions.</param>
/// <param name="delay">Their distances; a <c>Retry-After</c> of the service counts more.</param>
/// <param name="longestRetryAfter">A service that asks for a longer pause is not asked again.</param>
internal sealed class CarefulRetryPolicy(int retries, DelayStrategy delay, TimeSpan longestRetryAfter) : RetryPolicy(retries, delay)
{
    private const int TooManyRequests = (int)HttpStatusCode.TooManyRequests;
    private const int ServiceUnavailable = (int)HttpStatusCode.ServiceUnavailable;

    /// <summary>True when the request has certainly not reached the service.</summary>
    public static bool IsUnsent(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            if (fault is HttpRequestException
                {
                    HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
                })
            {
                return true;
            }
        }

        return false;
    }

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) => Allows(message, exception) && base.ShouldRetry(message, exception);

    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        Allows(message, exception) && await base.ShouldRetryAsync(message, exception);

    private bool Allows(HttpMessage message, Exception? exception)
    {
        var rule = RepeatRule.Of(message);
        if (rule == RepeatRule.Never)
        {
            return false;
        }

        if (exception is not null)
        {
            return rule == RepeatRule.Freely || IsUnsent(exception);
        }

        return (rule == RepeatRule.Freely || message.Response.Status is TooManyRequests or ServiceUnavailable)
            && RetryAfter(message.Response) <= longestRetryAfter
            && !(message.Response.Headers.TryGetValue("x-ms-retrypolicy", out var words) && words.Equals("NoRetry", StringComparison.OrdinalIgnoreCase));
    }

    private static TimeSpan RetryAfter(Response response) =>
        response.Headers.TryGetValue("Retry-After", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue))
            : TimeSpan.Zero;
}
