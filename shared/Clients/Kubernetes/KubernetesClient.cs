using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Serverless.Components.Clients.Kubernetes;

/// <summary>Reads secrets from an API server. Its owner disposes it.</summary>
/// <remarks>Kubernetes docs: reference/using-api/api-concepts. A request that the server asks to repeat is repeated, because it only reads.</remarks>
internal sealed class KubernetesClient : IDisposable
{
    private const int PageSize = 500;
    private const int MostAttempts = 4;
    private const int LongestStatus = 64 << 10;

    /// <summary>How long one answer may take, with all its attempts.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly KubernetesAccess _access;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public KubernetesClient(KubernetesAccess access, TimeProvider time)
    {
        _access = access;
        _time = time;
        _client = KubernetesTransport.Create(access);
    }

    /// <summary>One secret.</summary>
    /// <exception cref="KubernetesException">There is none (<c>NotFound</c>), or it can't be read.</exception>
    public Task<SecretAnswer> GetSecretAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        GetAsync($"{Secrets(@namespace)}/{Segment("resource name", name)}", KubernetesJson.Default.SecretAnswer, cancellationToken);

    /// <summary>All secrets of a namespace, page by page; each has a name.</summary>
    /// <exception cref="KubernetesException">They can't be read.</exception>
    public async Task<IReadOnlyList<SecretAnswer>> ListSecretsAsync(string @namespace, CancellationToken cancellationToken)
    {
        var all = new List<SecretAnswer>();
        var paged = $"{Secrets(@namespace)}?limit={PageSize}";
        string? next = null;
        do
        {
            var path = next is null ? paged : $"{paged}&continue={Uri.EscapeDataString(next)}";
            try
            {
                var page = await GetAsync(path, KubernetesJson.Default.SecretListAnswer, cancellationToken);
                all.AddRange(Named(page));
                var following = page.Metadata?.Continue;
                next = following is null || following != next ? following : throw new KubernetesException($"{Operation(paged)}: the pages have no end");
            }
            catch (KubernetesException fault) when (next is not null && fault.Status == (int)HttpStatusCode.Gone)
            {
                // The snapshot behind the pages has expired: all at once, as Kubernetes' own client does.
                return [.. Named(await GetAsync(Secrets(@namespace), KubernetesJson.Default.SecretListAnswer, cancellationToken))];
            }
        }
        while (!string.IsNullOrEmpty(next));

        return all;
    }

    public void Dispose()
    {
        _client.Dispose();
        _access.ClientCertificate?.Dispose();
    }

    private static IEnumerable<SecretAnswer> Named(SecretListAnswer page) => (page.Items ?? []).OfType<SecretAnswer>().Where(secret => secret.Metadata?.Name is { Length: > 0 });

    private static string Secrets(string @namespace) => $"api/v1/namespaces/{Segment("namespace", @namespace)}/secrets";

    // What may stand in a path, by the rules and in the words of Kubernetes' own client.
    private static string Segment(string what, string name)
    {
        var complaint = name switch
        {
            "" => "may not be empty",
            "." or ".." => $"may not be '{name}'",
            _ when name.Contains('/') => "may not contain '/'",
            _ when name.Contains('%') => "may not contain '%'",
            _ => null,
        };
        return complaint is null ? Uri.EscapeDataString(name) : throw new KubernetesException($"invalid {what} \"{name}\": [{complaint}]");
    }

    private string Operation(string path) => $"GET {new Uri(_client.BaseAddress!, path.Split('?')[0])}";

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var operation = Operation(path);
        using var timeout = new CancellationTokenSource(Limit, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await SendAsync(path, limit.Token);
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            return response.IsSuccessStatusCode
                ? await JsonSerializer.DeserializeAsync(body, type, limit.Token) ?? throw new KubernetesException($"{operation}: the answer is null")
                : throw await RefusalAsync(operation, response, body, limit.Token);
        }
        catch (OperationCanceledException fault) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new KubernetesException($"{operation}: no answer within {Limit.TotalSeconds:0} s", fault);
        }
        catch (OperationCanceledException fault) when (fault.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            // The runtime's way to say that connecting took too long.
            throw new KubernetesException($"{operation}: no connection within {KubernetesTransport.ConnectLimit.TotalSeconds:0} s", fault);
        }
        catch (Exception fault) when (fault is JsonException or InvalidDataException)
        {
            // Without the fault itself: it can quote what it read.
            throw new KubernetesException($"{operation}: the answer is not what a Kubernetes API server sends");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException)
        {
            // The outermost message of a failed TLS handshake only points to the one within.
            throw new KubernetesException($"{operation}: {fault.GetBaseException().Message}", fault);
        }
    }

    // A token that was refused is read again once; a server that is too busy says when to come back.
    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellationToken)
    {
        var isRenewed = false;
        for (var attempt = 1; ; attempt++)
        {
            var token = _access.Token is null ? null : await _access.Token.GetAsync(cancellationToken);
            var response = await SendAsync(path, token, cancellationToken);
            try
            {
                if (response.StatusCode == HttpStatusCode.Unauthorized && token is not null && !isRenewed)
                {
                    isRenewed = await _access.Token!.RenewAsync(token, cancellationToken);
                    if (!isRenewed)
                    {
                        return response;
                    }
                }
                else if (attempt < MostAttempts && RetryAfter(response) is { } pause)
                {
                    await Task.Delay(pause, _time, cancellationToken);
                }
                else
                {
                    return response;
                }
            }
            catch
            {
                response.Dispose();
                throw;
            }

            response.Dispose();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = _client.DefaultRequestVersion, VersionPolicy = _client.DefaultVersionPolicy };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);

        // .NET takes the name to verify from here.
        request.Headers.Host = _access.ServerName;
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.TooManyRequests && (int)response.StatusCode < 500)
        {
            return null;
        }

        var pause = response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - _time.GetUtcNow()) : null;
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause <= Limit ? pause : null;
    }

    private static async Task<KubernetesException> RefusalAsync(string operation, HttpResponseMessage response, Stream body, CancellationToken cancellationToken)
    {
        var status = await ReadStatusAsync(body, cancellationToken);
        var code = (int)response.StatusCode;
        var text = $"{operation}: {code} {status?.Reason ?? response.ReasonPhrase ?? response.StatusCode.ToString()}{(status?.Message is { Length: > 0 } said ? $": {said}" : "")}";
        return new KubernetesException(text) { Status = code, Reason = status?.Reason, Kind = status?.Details?.Kind, Detail = status?.Message };
    }

    private static async Task<StatusAnswer?> ReadStatusAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestStatus];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(buffer.AsSpan(0, length), KubernetesJson.Default.StatusAnswer) is { Kind: "Status" } status ? status : null;
        }
        catch (JsonException)
        {
            // A proxy, or the server's own shedding of load, speaks plain text.
            return null;
        }
    }
}
