using System.Security.Cryptography;
using System.Text;
using Serverless.Components.Clients.AzureEventGrid;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.Oidc;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.AzureEventGrid;

/// <summary>Publishes events to a custom topic of Event Grid, and takes those that Event Grid brings.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/eventgrid.</remarks>
internal sealed class EventGridBinding : IOutputBinding, IWebhookBinding
{
    private readonly EventGridOptions _options;
    private readonly EventGridClient? _topic;
    private readonly byte[]? _secretHash;
    private readonly TokenVerifier? _tokens;

    /// <summary>Asks nobody yet.</summary>
    /// <exception cref="ComponentException">The metadata are not usable.</exception>
    public EventGridBinding(ComponentContext context)
    {
        _options = EventGridOptions.Read(context);
        _topic = _options.Topic is { } topic ? new EventGridClient(topic, _options.Credential!, context.Host.Time) : null;
        _secretHash = _options.Secret is { } secret ? Hash(secret) : null;
        _tokens = _options.Tokens is { } rules ? new TokenVerifier(rules, context.Host.Time) : null;
    }

    public IReadOnlyList<string> Capabilities { get; } = [];

    public IReadOnlyList<string> Operations { get; } = ["create"];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        if (_topic is null)
        {
            throw new BindingException("metadata field 'topicEndpoint' is empty in EventGrid binding");
        }

        try
        {
            await _topic.PublishAsync(request.Data, EventGridSchema.ContentTypeOf(request.Data.Span), cancellationToken);
            return null;
        }
        catch (Exception fault) when (fault is AzureException or ArgumentException)
        {
            throw new BindingException(fault.Message, fault);
        }
    }

    public bool IsSecret(ReadOnlySpan<char> secret) => _secretHash is not null && CryptographicOperations.FixedTimeEquals(Hash(secret), _secretHash);

    public bool TakesTokens => _tokens is not null;

    public async ValueTask<bool> IsTokenAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            return _tokens is not null && await _tokens.IsValidAsync(token, cancellationToken);
        }
        catch (OidcTokenException fault)
        {
            throw new BindingException(fault.Message, fault);
        }
    }

    public IReadOnlyDictionary<string, string> AllowOrigin(string origin) =>
        new Dictionary<string, string> { ["WebHook-Allowed-Origin"] = origin, ["WebHook-Allowed-Rate"] = "*" };

    public WebhookContent Read(ReadOnlyMemory<byte> body) => EventGridSchema.Read(body);

    public async Task ReadAsync(BindingHandler handler, CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.UnsafeRegister(static stopped => ((TaskCompletionSource)stopped!).SetResult(), stopped);
        await stopped.Task;
    }

    public ValueTask DisposeAsync()
    {
        _topic?.Dispose();
        _tokens?.Dispose();
        return ValueTask.CompletedTask;
    }

    // Of equal length for all, so that the comparison tells nothing of the secret's.
    private static byte[] Hash(ReadOnlySpan<char> secret)
    {
        var text = new byte[Encoding.UTF8.GetMaxByteCount(secret.Length)];
        return SHA256.HashData(text.AsSpan(0, Encoding.UTF8.GetBytes(secret, text)));
    }
}
