using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Bindings;
using Serverless.Functions.AppChannels;

namespace Serverless.Functions.Bindings;

/// <summary>Delivers the events of input bindings to the app. Without an app each is answered as one that is unreachable.</summary>
/// <remarks>Dapr docs: developing-applications/building-blocks/bindings/howto-triggers. Any 2xx is success; anything else leaves the event where it was.</remarks>
internal sealed partial class BindingDelivery(AppChannel? app)
{
    /// <summary>Why nothing is delivered without an app.</summary>
    public const string NoApp = "no app is named: set APP_URL or --app-port";

    // Of what the app says to refuse an event, in bytes: enough for a log, and for the host.
    private const int LongestRefusal = 1000;

    private readonly ILogger _logger = NullLogger.Instance;

    /// <summary>Where failed deliveries are told, without their data.</summary>
    public ILogger Logger
    {
        init => _logger = value;
    }

    /// <summary>Does what the app's answer asks for, before the event counts as delivered; null for nothing.</summary>
    public AppReplies? Replies { get; init; }

    /// <summary>How long the app may take.</summary>
    public TimeSpan TimeLimit { get; init; } = AppChannel.CallLimit;

    /// <summary>Delivers one event; only the token's cancellation flies.</summary>
    public async ValueTask<DeliveryResult> DeliverAsync(BindingComponent binding, BindingEvent read, CancellationToken cancellationToken)
    {
        if (app is null)
        {
            return DeliveryResult.Unreachable(NoApp);
        }

        try
        {
            var answer = await app.SendAsync(
                new AppCall(HttpMethod.Post, binding.Route) { Body = read.Data, Headers = DeliveryHeaders.From(read.Metadata), TimeLimit = TimeLimit },
                cancellationToken);
            return answer.IsSuccess ? await TakeAsync(binding, answer, cancellationToken) : Refuse(binding, answer);
        }
        catch (AppUnreachableException exception)
        {
            LogUnreachable(binding.Name, exception.Message);
            return DeliveryResult.Unreachable(exception.Message);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogRefused(binding.Name, exception.Message);
            return DeliveryResult.Refused($"fails to send binding event to http app channel: {exception.Message}");
        }
    }

    private async Task<DeliveryResult> TakeAsync(BindingComponent binding, AppAnswer answer, CancellationToken cancellationToken)
    {
        if (Replies is { } replies && answer is { IsJson: true, Body.Length: > 0 })
        {
            await replies.RunAsync(binding.Name, answer.Body, cancellationToken);
        }

        return DeliveryResult.Delivered(answer.Body);
    }

    private DeliveryResult Refuse(BindingComponent binding, AppAnswer answer)
    {
        LogRefused(binding.Name, $"status code {answer.Status}");
        var body = answer.Body.Span;
        var text = body.Length <= LongestRefusal ? Encoding.UTF8.GetString(body) : $"{Encoding.UTF8.GetString(body[..LongestRefusal])}...";
        return DeliveryResult.Refused($"fails to send binding event to http app channel, status code: {answer.Status} body: {text}");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "binding '{Binding}': an event did not reach the app: {Fault}")]
    private partial void LogUnreachable(string binding, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "binding '{Binding}': the app did not take an event: {Fault}")]
    private partial void LogRefused(string binding, string fault);
}
