using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureSignalR;

/// <summary>Azure SignalR Service over its data-plane REST API.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/signalr/dataplane. Every method throws <see cref="AzureException"/> for what the service or the way to it did.</remarks>
internal sealed class SignalRClient : IDisposable
{
    private const string Version = "2022-11-01";
    private const string Scope = "https://signalr.azure.com/.default";
    private static readonly TimeSpan ClientTokenLifetime = TimeSpan.FromMinutes(60);
    private readonly Uri _endpoint;
    private readonly string? _key;
    private readonly AzureRestOptions _options;
    private readonly AzureRestClient _rest;

    private SignalRClient(Uri endpoint, string? key, HttpPipelinePolicy authentication, TimeProvider time)
    {
        _endpoint = endpoint;
        _key = key;
        _options = new AzureRestOptions { Service = "Azure SignalR", Authentication = authentication, Time = time, Timeout = TimeSpan.FromSeconds(30) };
        _rest = new AzureRestClient(_options);
    }

    /// <summary>A client with the access key.</summary>
    public static SignalRClient WithKey(Uri endpoint, string key, TimeProvider time) => new(endpoint, key, new SignalRKeyPolicy(key, time), time);

    /// <summary>A client with tokens of Microsoft Entra; the endpoint must be https.</summary>
    public static SignalRClient WithToken(Uri endpoint, TokenCredential credential, TimeProvider time) =>
        new(endpoint, null, new BearerTokenAuthenticationPolicy(credential, Scope), time);

    /// <summary>Where a client of a hub connects.</summary>
    public string ClientAddress(string hub) => $"{Root}/client/?hub={Uri.EscapeDataString(hub)}";

    /// <summary>Sends a message to all connections of a hub, or to those of a group or a user.</summary>
    /// <param name="hub">The hub, in lower case.</param>
    /// <param name="group">The group; null for none.</param>
    /// <param name="user">The user, where there is no group; null for none.</param>
    /// <param name="message">JSON with <c>target</c> and <c>arguments</c>.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    public async Task SendAsync(string hub, string? group, string? user, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        const string operation = "send";
        var part = group is not null ? $"/groups/{Uri.EscapeDataString(group)}" : user is not null ? $"/users/{Uri.EscapeDataString(user)}" : "";
        using var request = Create(hub, $"{part}/:send");
        request.Request.Headers.SetValue("Content-Type", "application/json; charset=utf-8");
        request.Request.Content = RequestContent.Create(message);
        var response = await _rest.SendAsync(request, operation, cancellationToken);
        _ = response.Status is 200 or 202 ? response : throw _rest.Unexpected(response, operation);
    }

    /// <summary>A token with which a client may connect for an hour: signed here with the key, else made by the service.</summary>
    public async Task<string> CreateClientTokenAsync(string hub, string? user, CancellationToken cancellationToken)
    {
        if (_key is not null)
        {
            return SignalRToken.Create(_key, ClientAddress(hub), _options.Time.GetUtcNow() + ClientTokenLifetime, user);
        }

        const string operation = "generate token";
        using var request = Create(hub, "/:generateToken");
        if (user is not null)
        {
            request.Request.Uri.AppendQuery("userId", user, escapeValue: true);
        }

        var response = await _rest.SendAsync(request, operation, cancellationToken);
        return response.Status == 200 ? ReadToken(response, operation) : throw _rest.Unexpected(response, operation);
    }

    public void Dispose() => _rest.Dispose();

    private string Root => _endpoint.AbsoluteUri.TrimEnd('/');

    private HttpMessage Create(string hub, string rest)
    {
        var message = _rest.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted);
        message.Request.Uri.Reset(new Uri($"{Root}/api/hubs/{Uri.EscapeDataString(hub)}{rest}?api-version={Version}"));
        return message;
    }

    private string ReadToken(Response response, string operation)
    {
        try
        {
            using var document = JsonDocument.Parse(response.Content.ToMemory());
            return document.RootElement.TryGetProperty("token", out var token) && token.GetString() is { Length: > 0 } text
                ? text
                : throw new FormatException("it has no token");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            throw _rest.Unreadable(response, operation, fault);
        }
    }
}
