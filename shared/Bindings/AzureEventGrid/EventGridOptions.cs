using System.Buffers;
using Serverless.Components.Clients.AzureEventGrid;
using Serverless.Components.Clients.Oidc;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.AzureEventGrid;

/// <summary>The metadata of <c>bindings.azure.eventgrid</c>.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/eventgrid. What begins with <c>webhook</c> is ours. The items by which daprd listens on
/// a port of its own and makes the event subscription (<c>subscriberEndpoint</c>, <c>handshakePort</c>, <c>scope</c>,
/// <c>eventSubscriptionName</c>, <c>azureSubscriptionId</c>) mean nothing here: events come through the API's own address, and whoever
/// deploys the app makes the subscription.
/// </remarks>
internal sealed record EventGridOptions
{
    private const int ShortestSecret = 16;
    private const string Audience = "webhookAudience";
    private const string Configuration = "webhookOpenIdConfiguration";
    private static readonly SearchValues<char> SecretCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>The topic that events are published to; null when there is none.</summary>
    public Uri? Topic { get; init; }

    /// <summary>What proves to the topic who publishes; there is one when there is a topic.</summary>
    public EventGridCredential? Credential { get; init; }

    /// <summary>The last part of the address that events are sent to; null when none are received.</summary>
    public string? Secret { get; init; }

    /// <summary>The tokens that the sender may show instead; null for none.</summary>
    public TokenRules? Tokens { get; init; }

    /// <summary>Reads the items.</summary>
    /// <exception cref="ComponentException">Some are not usable; the message names all of them.</exception>
    public static EventGridOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var topic = ReadTopic(binder);
        var options = new EventGridOptions
        {
            Topic = topic,
            Credential = topic is null ? null : ReadCredential(binder, context),
            Secret = ReadSecret(binder),
            Tokens = ReadTokens(binder),
        };
        binder.ThrowIfFaulty();
        return options;
    }

    private static Uri? ReadTopic(MetadataBinder binder)
    {
        if (binder.Text("topicEndpoint") is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var topic) && topic.Scheme is "https" or "http" && topic.UserInfo.Length == 0 && topic.Fragment.Length == 0)
        {
            return topic;
        }

        binder.Fault("topicEndpoint", "an address such as https://topic.westeurope-1.eventgrid.azure.net/api/events");
        return null;
    }

    private static EventGridCredential? ReadCredential(MetadataBinder binder, ComponentContext context)
    {
        try
        {
            return binder.Text("accessKey") is { } key
                ? EventGridCredential.Key(key)
                : EventGridCredential.Token(AzureAuthentication.CreateCredential(context, AzureAuthentication.Read(binder, context.Host), "accessKey"));
        }
        catch (FormatException fault)
        {
            binder.Fault("accessKey", $"a usable value ({fault.Message})");
            return null;
        }
    }

    private static string? ReadSecret(MetadataBinder binder)
    {
        var secret = binder.Text("webhookSecret");
        if (secret is { Length: < ShortestSecret } || secret?.AsSpan().ContainsAnyExcept(SecretCharacters) == true)
        {
            binder.Fault("webhookSecret", $"at least {ShortestSecret} letters, digits, '-', '.', '_' or '~', since it stands in an address");
        }
        else if (secret is null && binder.Text(Audience) is null && (binder.Text("direction") ?? "").Contains("input", StringComparison.OrdinalIgnoreCase))
        {
            binder.Fault("webhookSecret", $"a value (it or {Audience} is required to receive events)");
        }

        return secret;
    }

    // Entra issues tokens of its first version under another name, by the same keys.
    private static TokenRules? ReadTokens(MetadataBinder binder)
    {
        var (audience, configuration, client) = (binder.Text(Audience), binder.Text(Configuration), binder.Text("webhookClientId"));
        var tenant = configuration is null ? binder.Text("azureTenantId", "spnTenantId", "tenantId") : null;
        if (audience is null)
        {
            return null;
        }

        if (configuration is null && !Guid.TryParse(tenant, out _))
        {
            binder.Fault(Configuration, $"a value, or the id of the tenant as azureTenantId, beside {Audience}");
            return null;
        }

        if (!Uri.TryCreate(configuration ?? $"https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration", UriKind.Absolute, out var address)
            || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            binder.Fault(Configuration, "an address with https such as https://login.microsoftonline.com/<tenant>/v2.0/.well-known/openid-configuration");
            return null;
        }

        return new TokenRules { Configuration = address, Audience = audience, OtherIssuer = tenant is null ? null : $"https://sts.windows.net/{tenant}/", Client = client };
    }
}
