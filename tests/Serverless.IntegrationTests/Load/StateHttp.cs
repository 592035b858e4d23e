using System.Text;
using System.Text.Json;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Load;

/// <summary>The state API of one store. Values are JSON texts.</summary>
public sealed class StateHttp(HttpClient client, string store = IWireTarget.StoreName)
{
    private string Path => $"v1.0/state/{store}";

    /// <summary>Saves one key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="etag">Null for none.</param>
    /// <param name="isStrong">Waits for the replicas.</param>
    public Task<StateAnswer> SaveAsync(string key, string value, CancellationToken cancellationToken, string? etag = null, bool isStrong = false) =>
        SaveAllAsync([Item(key, value, etag, isStrong)], cancellationToken);

    /// <summary>Saves several keys in one request, each for itself.</summary>
    public Task<StateAnswer> SaveAllAsync(IEnumerable<(string Key, string Value)> items, CancellationToken cancellationToken) =>
        SaveAllAsync(items.Select(item => Item(item.Key, item.Value, null, false)), cancellationToken);

    /// <summary>Saves several keys, all or none.</summary>
    public Task<StateAnswer> TransactAsync(IEnumerable<(string Key, string Value)> items, CancellationToken cancellationToken, bool isStrong = false)
    {
        var operations = items.Select(item => $$"""{"operation":"upsert","request":{{Item(item.Key, item.Value, null, isStrong)}}}""");
        return SendAsync(HttpMethod.Post, Path + "/transaction", $$"""{"operations":[{{string.Join(',', operations)}}]}""", cancellationToken);
    }

    /// <summary>Reads one key.</summary>
    public Task<StateAnswer> GetAsync(string key, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, KeyPath(key), null, cancellationToken);

    /// <summary>Reads several keys.</summary>
    public Task<StateAnswer> GetAllAsync(IEnumerable<string> keys, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, Path + "/bulk", $$"""{"keys":[{{string.Join(',', keys.Select(Text))}}]}""", cancellationToken);

    /// <summary>Deletes one key.</summary>
    public Task<StateAnswer> DeleteAsync(string key, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, KeyPath(key), null, cancellationToken);

    private static string Item(string key, string value, string? etag, bool isStrong) =>
        $"{{\"key\":{Text(key)},\"value\":{value}{(etag is null ? "" : $",\"etag\":{Text(etag)}")}{(isStrong ? ",\"options\":{\"consistency\":\"strong\"}" : "")}}}";

    private static string Text(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private string KeyPath(string key) => $"{Path}/{Uri.EscapeDataString(key)}";

    private Task<StateAnswer> SaveAllAsync(IEnumerable<string> items, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, Path, $"[{string.Join(',', items)}]", cancellationToken);

    private async Task<StateAnswer> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
        }

        using var response = await client.SendAsync(request, cancellationToken);
        return new StateAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), response.Headers.TryGetValues("ETag", out var etags) ? etags.First() : null);
    }
}
