using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Bindings.Events;

/// <summary>Event webhooks: services bring events by HTTP to an address with the component's secret, which stands for the API token.</summary>
/// <remarks>
/// Event Grid docs: receive-events, delivery-and-retry; CloudEvents 1.0 HTTP Web Hooks. Not Dapr's. A wrong secret looks like a component
/// that is not there, and 404 is a status after which Event Grid tries again.
/// </remarks>
internal sealed partial class EventsApi
{
    private const string Template = "events/{component}/{secret}";
    private const string OriginHeader = "WebHook-Request-Origin";
    private static readonly byte[] Taken = "{}"u8.ToArray();
    private readonly ComponentRegistry _registry;
    private readonly RuntimeOptions _options;
    private readonly Lazy<BindingDelivery?> _delivery;
    private readonly ILogger _logger;

    public EventsApi(ComponentRegistry registry, RuntimeOptions options, Lazy<BindingDelivery?> delivery, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger("dapr.runtime.events");
        _registry = registry;
        _options = options;
        _delivery = delivery;
        Routes =
        [
            new ApiRoute("events", "v1.0", "OPTIONS", Template, "ValidateEvents", ValidateAsync),
            new ApiRoute("events", "v1.0", "POST", Template, "ReceiveEvents", ReceiveAsync),
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private async Task ValidateAsync(ApiRequest request)
    {
        if (!TryAcquire(request, out var lease, out var webhook))
        {
            await FailAsync(request, StatusCodes.Status404NotFound, "no such webhook");
            return;
        }

        using var held = lease;
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
        // Before the body, which nobody without the secret may make us read.
        if (!TryAcquire(request, out var lease, out var webhook))
        {
            await FailAsync(request, StatusCodes.Status404NotFound, "no such webhook");
            return;
        }

        using var held = lease;
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
            var result = _delivery.Value is { } app
                ? await app.DeliverAsync(component, read, request.Aborted)
                : DeliveryResult.Unreachable("no app is named: set APP_URL or --app-port");
            if (!result.IsDelivered)
            {
                LogFailed(component.Name, result.Outcome);
                await FailAsync(request, result.Outcome == DeliveryOutcome.Refused ? StatusCodes.Status500InternalServerError : StatusCodes.Status503ServiceUnavailable, result.Fault!);
                return;
            }
        }

        await Reply.JsonAsync(request.Http, StatusCodes.Status200OK, Taken);
    }

    private bool TryAcquire(ApiRequest request, out ComponentLease<BindingComponent> lease, out IWebhookBinding webhook)
    {
        if (_registry.TryAcquire(request.Parameter("component"), out lease))
        {
            if (lease.Component.Input is IWebhookBinding found && found.IsSecret(request.Parameter("secret")))
            {
                webhook = found;
                return true;
            }

            lease.Dispose();
        }

        webhook = null!;
        return false;
    }

    private static Task FailAsync(ApiRequest request, int status, string fault) => request.FailAsync(new DaprError(status, "ERR_EVENT_WEBHOOK", fault));

    [LoggerMessage(Level = LogLevel.Warning, Message = "webhook of component '{Component}': an event did not get to the app and comes again: {Outcome}")]
    private partial void LogFailed(string component, DeliveryOutcome outcome);
}
