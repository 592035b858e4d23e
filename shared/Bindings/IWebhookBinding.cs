namespace Serverless.Components.Bindings;

/// <summary>An input binding whose events a service brings by HTTP, to an address whose secret only that service knows, or with a token of its identity.</summary>
/// <remarks>
/// The app's HTTP side owns the address. It asks <see cref="IsSecret"/> or <see cref="IsTokenAsync"/> before anything else, answers the handshakes, and delivers what
/// <see cref="Read"/> gives; a delivery that fails must become an error for the sender, who sends again.
/// <see cref="IInputBinding.ReadAsync"/> only waits until it is told to stop.
/// </remarks>
public interface IWebhookBinding : IInputBinding
{
    /// <summary>Whether the secret is the component's; takes the same time whatever differs. False when the component has none.</summary>
    bool IsSecret(ReadOnlySpan<char> secret);

    /// <summary>Whether tokens are taken at all.</summary>
    bool TakesTokens { get; }

    /// <summary>Whether the bearer token is of the sender whom the component names; false when it takes none.</summary>
    /// <exception cref="BindingException">That can't be told now, because the keys of who issues the tokens can't be read.</exception>
    ValueTask<bool> IsTokenAsync(string token, CancellationToken cancellationToken);

    /// <summary>Headers of the answer to <c>OPTIONS</c> with <c>WebHook-Request-Origin</c>; empty when that origin is not allowed.</summary>
    /// <remarks>CloudEvents 1.0, HTTP 1.1 Web Hooks for Event Delivery, section 4.</remarks>
    IReadOnlyDictionary<string, string> AllowOrigin(string origin);

    /// <summary>Reads the body of a <c>POST</c>.</summary>
    WebhookContent Read(ReadOnlyMemory<byte> body);
}
