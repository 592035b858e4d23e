using System.Net.Sockets;
using System.Text.Json;

namespace Serverless.Components.Clients.Oidc;

/// <summary>Access tokens by the client credentials grant with <c>private_key_jwt</c>. Its owner disposes it.</summary>
/// <remarks>RFC 6749, section 4.4; RFC 7523, section 2.2.</remarks>
internal sealed class OidcTokenSource : IDisposable
{
    private const int LongestDescription = 300;
    private static readonly TimeSpan RefreshAhead = TimeSpan.FromMinutes(5);
    private readonly OidcOptions _options;
    private readonly TimeProvider _time;
    private readonly ClientAssertion _assertion;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile OidcToken? _token;

    /// <exception cref="FormatException">Certificate, key or authority is not usable; the message holds nothing of them.</exception>
    public OidcTokenSource(OidcOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        var authorities = options.CaCertificate is { } pem ? new TrustedAuthorities(pem) : null;
        _assertion = new ClientAssertion(options);
        _client = CreateClient(authorities);
    }

    /// <summary>The token at hand, or a new one once that one is about to end.</summary>
    /// <exception cref="OidcTokenException">The endpoint cannot be reached, refuses, or gives no token in time.</exception>
    public async Task<OidcToken> GetTokenAsync(CancellationToken cancellationToken)
    {
        if (Usable() is { } usable)
        {
            return usable;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            return Usable() ?? (_token = await FetchAsync(cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _assertion.Dispose();
        _turn.Dispose();
    }

    private static HttpClient CreateClient(TrustedAuthorities? authorities)
    {
        // A redirect would carry the assertion to where nobody meant it to go.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (authorities is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => authorities.Trust(certificate, chain, errors);
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 1 << 20 };
    }

    private OidcToken? Usable() => _token is { } token && _time.GetUtcNow() < token.RefreshOn ? token : null;

    private async Task<OidcToken> FetchAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var assertion = _assertion.Create(_time.GetUtcNow());
        try
        {
            using var content = new FormUrlEncodedContent(Form(assertion));
            using var response = await _client.PostAsync(_options.TokenEndpoint, content, limit.Token);
            return Read((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(limit.Token), assertion);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new OidcTokenException($"the token endpoint gave no answer within {_options.Timeout.TotalSeconds:0} s");
        }
        catch (Exception fault) when (fault is HttpRequestException or SocketException)
        {
            // The outermost message of a failed TLS handshake only points to the one within.
            throw new OidcTokenException($"the token endpoint cannot be reached: {fault.GetBaseException().Message}", fault);
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Form(string assertion)
    {
        yield return new("grant_type", "client_credentials");
        yield return new("client_id", _options.ClientId);
        yield return new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        yield return new("client_assertion", assertion);
        if (_options.Audience is { } audience)
        {
            yield return new("audience", audience);
        }

        if (_options.Resource is { } resource)
        {
            yield return new("resource", resource);
        }

        yield return new("scope", string.Join(' ', _options.Scopes));
    }

    private OidcToken Read(int status, byte[] body, string assertion)
    {
        var answer = Parse(body);
        if (status is < 200 or > 299)
        {
            throw new OidcTokenException($"the token endpoint answered {status}{Describe(answer, assertion)}") { Error = answer?.Error };
        }

        if (answer?.AccessToken is not { Length: > 0 } value)
        {
            throw new OidcTokenException("the token endpoint answered without an access_token");
        }

        // A token of unknown or no lifetime serves once.
        var lifetime = TimeSpan.FromSeconds(Math.Clamp(answer.ExpiresIn ?? 0, 0, int.MaxValue));
        var now = _time.GetUtcNow();
        return new OidcToken(value, now + lifetime, now + (lifetime > 2 * RefreshAhead ? lifetime - RefreshAhead : lifetime / 2));
    }

    private static TokenAnswer? Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OidcJson.Default.TokenAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Some servers echo what they were sent.
    private static string Describe(TokenAnswer? answer, string assertion)
    {
        var words = string.Join(": ", new[] { answer?.Error, answer?.ErrorDescription }.Where(word => !string.IsNullOrEmpty(word)));
        var clean = string.Concat(words.Replace(assertion, "(assertion)", StringComparison.Ordinal).Where(character => !char.IsControl(character)));
        return clean.Length == 0 ? "" : $" {(clean.Length > LongestDescription ? clean[..LongestDescription] : clean)}";
    }
}
