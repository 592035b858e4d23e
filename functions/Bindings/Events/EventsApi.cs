using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Bindings.Events;

/// <summary>
/// Event webhooks: services bring events by HTTP. The component's secret in the address, or a token of the sender's identity without one,
/// stands for the API token.
/// </summary>
/// <remarks>
/// Event Grid docs: receive-events, delivery-and-retry, secure-webhook-delivery; CloudEvents 1.0 HTTP Web Hooks. Not Dapr's. A wrong secret or
/// token looks like a component that is not there: after 404 Event Grid tries again, after 401 and 403 it does not.
/// </remarks>
internal sealed partial class EventsApi
{
    private const string Template = "events/{component}/{secret}";
    private const string TokenTemplate = "events/{component}";
    private const string Scheme = "Bearer ";
    private const string Missing = "no such webhook";
    private const string OriginHeader = "WebHook-Request-Origin";
    private static readonly byte[] Taken = "{}"u8.ToArray();
    private readonly ComponentRegistry _registry;
    private readonly RuntimeOptions _options;
    private readonly Lazy<BindingDelivery> _delivery;
    private readonly ILogger _logger;

    public EventsApi(ComponentRegistry registry, RuntimeOptions options, Lazy<BindingDelivery> delivery, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger("dapr.runtime.events");
        _registry = registry;
        _options = options;
        _delivery = delivery;
        Routes =
        [
            new ApiRoute("events", "v1.0", "OPTIONS", Template, "ValidateEvents", ValidateAsync),
            new ApiRoute("events", "v1.0", "OPTIONS", TokenTemplate, "ValidateEvents", ValidateAsync),
            new ApiRoute("events", "v1.0", "POST", Template, "ReceiveEvents", ReceiveAsync),
            new ApiRoute("events", "v1.0", "POST", TokenTemplate, "ReceiveEvents", ReceiveAsync),
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private async Task ValidateAsync(ApiRequest request)
    {
        if (!TryAcquire(request, out var lease, out var webhook))
        {
            await FailAsync(request, StatusCodes.Status404NotFound, Missing);
            return;
        }

        // The handshake comes without a token. It lets nobody deliver.
        using var held = lease;
        if (Secret(request) is { } secret ? !webhook.IsSecret(secret) : !webhook.TakesTokens)
        {
            await FailAsync(request, StatusCodes.Status404NotFound, Missing);
            return;
        }

        var origin = request.Http.Request.Headers[OriginHeader].ToString();
        var headers = origin.Length > 0 ? webhook.AllowOrigin(origin) : new Dictionary<string, string>();
        if (headers.Count == 0)
        {
            await FailAsync(request, origin.Length > 0 ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, origin.Length > 0 ? "the origin is not allowed" : $"the header {OriginHeader} is missing");
            return;
        }

        foreach (var (name, value) in headers)
        {
            request.Http.Response.Headers[name] = value;
        }

        await Reply.JsonAsync(request.Http, StatusCodes.Status200OK, Taken);
    }

    private async Task ReceiveAsync(ApiRequest request)
    {
        if (!TryAcquire(request, out var lease, out var webhook))
        {
            await FailAsync(request, StatusCodes.Status404NotFound, Missing);
            return;
        }

        // Before the body, which nobody else may make us read.
        using var held = lease;
        if (await RefusalAsync(request, webhook) is { } refusal)
        {
            await FailAsync(request, refusal, refusal == StatusCodes.Status404NotFound ? Missing : "whose token it is can't be told now");
            return;
        }

        WebhookContent content;
        using (var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted))
        {
            if (body.Fault is not null)
            {
                await FailAsync(request, StatusCodes.Status413PayloadTooLarge, body.Fault);
                return;
            }

            content = webhook.Read(body.Bytes.ToArray());
        }

        await (content.Fault is { } fault ? FailAsync(request, StatusCodes.Status400BadRequest, fault)
            : content.Reply is { } reply ? Reply.JsonAsync(request.Http, StatusCodes.Status200OK, reply)
            : DeliverAsync(request, held.Component, content.Events));
    }

    // The sender repeats all events of a post that fails, also those that the app took.
    private async Task DeliverAsync(ApiRequest request, BindingComponent component, IReadOnlyList<BindingEvent> events)
    {
        foreach (var read in events)
        {
            var result = await _delivery.Value.DeliverAsync(component, read, request.Aborted);
            if (!result.IsDelivered)
            {
                LogFailed(component.Name, result.Outcome, result.Fault!);

                // No more: what the app said, and where it is, are not for the sender.
                await (result.Outcome == DeliveryOutcome.Refused
                    ? FailAsync(request, StatusCodes.Status500InternalServerError, "the app did not take an event")
                    : FailAsync(request, StatusCodes.Status503ServiceUnavailable, "an event did not get to the app"));
                return;
            }
        }

        await Reply.JsonAsync(request.Http, StatusCodes.Status200OK, Taken);
    }

    private bool TryAcquire(ApiRequest request, out ComponentLease<BindingComponent> lease, out IWebhookBinding webhook)
    {
        if (_registry.TryAcquire(request.Parameter("component"), out lease))
        {
            if (lease.Component.Input is IWebhookBinding found)
            {
                webhook = found;
                return true;
            }

            lease.Dispose();
        }

        webhook = null!;
        return false;
    }

    private async ValueTask<int?> RefusalAsync(ApiRequest request, IWebhookBinding webhook)
    {
        if (Secret(request) is { } secret)
        {
            return webhook.IsSecret(secret) ? null : StatusCodes.Status404NotFound;
        }

        try
        {
            return request.Http.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                && await webhook.IsTokenAsync(header[Scheme.Length..].Trim(), request.Aborted) ? null : StatusCodes.Status404NotFound;
        }
        catch (BindingException exception)
        {
            LogUntold(request.Parameter("component"), exception.Message);
            return StatusCodes.Status503ServiceUnavailable;
        }
    }

    private static string? Secret(ApiRequest request) => request.Route.Parameters.Length > 1 ? request.Parameter("secret") : null;

    private static Task FailAsync(ApiRequest request, int status, string fault) => request.FailAsync(new DaprError(status, "ERR_EVENT_WEBHOOK", fault));

    [LoggerMessage(Level = LogLevel.Warning, Message = "webhook of component '{Component}': an event did not get to the app and comes again: {Outcome}: {Fault}")]
    private partial void LogFailed(string component, DeliveryOutcome outcome, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "webhook of component '{Component}': a token can't be checked: {Fault}")]
    private partial void LogUntold(string component, string fault);
}
