using System.Text.Json;

namespace Serverless.Components.Clients.Oidc;

/// <summary>The keys by which a provider signs, read when they are first needed, each day, and when a token names an unknown one.</summary>
/// <remarks>OpenID Connect Discovery 1.0, section 4. Whoever sends tokens can't make it read more often than every five minutes.</remarks>
internal sealed class SigningKeys(Uri configuration, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(1);
    private static readonly TimeSpan PauseAfterSuccess = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = 1 << 20,
    };

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile SigningKeySet? _known;
    private (DateTimeOffset On, string Fault)? _failure;

    /// <summary>The keys at hand, read anew if that one is not among them; it may still be unknown.</summary>
    /// <exception cref="OidcTokenException">There are none, and they can't be read.</exception>
    public async ValueTask<SigningKeySet> ForAsync(string keyId, CancellationToken cancellationToken)
    {
        if (_known is { } known && IsGood(known, keyId))
        {
            return known;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _known is { } read && IsGood(read, keyId) ? read : await RefreshAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _turn.Dispose();
    }

    private bool IsGood(SigningKeySet known, string keyId)
    {
        var age = time.GetUtcNow() - known.ReadOn;
        return age < PauseAfterSuccess || (age < Age && known.Keys.ContainsKey(keyId));
    }

    private async Task<SigningKeySet> RefreshAsync(CancellationToken cancellationToken)
    {
        if (_failure is not { } failure || time.GetUtcNow() - failure.On >= PauseAfterFailure)
        {
            try
            {
                _known = await ReadAsync(cancellationToken);
                _failure = null;
                return _known;
            }
            catch (Exception fault) when (fault is HttpRequestException or JsonException or InvalidOperationException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                _failure = failure = (time.GetUtcNow(), fault.Message);
            }
        }

        // Old keys are better than none.
        return _known ?? throw new OidcTokenException($"the provider's keys can't be read: {_failure.Value.Fault}");
    }

    private async Task<SigningKeySet> ReadAsync(CancellationToken cancellationToken)
    {
        string? issuer;
        Uri? address;
        using (var document = JsonDocument.Parse(await GetAsync(configuration, cancellationToken)))
        {
            var root = document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement : throw new JsonException("the OpenID configuration is no JSON object");
            (issuer, address) = (SigningKeySet.Text(root, "issuer"), Uri.TryCreate(SigningKeySet.Text(root, "jwks_uri"), UriKind.Absolute, out var uri) && uri.Scheme == configuration.Scheme ? uri : null);
        }

        return issuer is { Length: > 0 } && address is not null
            ? new SigningKeySet(issuer, SigningKeySet.ReadKeys(await GetAsync(address, cancellationToken)), time.GetUtcNow())
            : throw new JsonException("the OpenID configuration has no issuer or no usable jwks_uri");
    }

    private async Task<byte[]> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var response = await _client.GetAsync(address, cancellationToken);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(cancellationToken) : throw new HttpRequestException($"{address.Authority} answered {(int)response.StatusCode}");
    }
}
