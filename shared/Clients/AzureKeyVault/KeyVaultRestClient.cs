using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Core;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>What the REST clients of a vault share: addresses, JSON, pages and expected answers.</summary>
/// <remarks>Microsoft docs: rest/api/keyvault. There are no ETags: of two writers the later one wins.</remarks>
internal sealed class KeyVaultRestClient(KeyVaultOptions options) : IDisposable
{
    private const string ApiVersion = "7.4";
    private readonly AzureRestClient _client = new(options.ToRestOptions());

    /// <summary>The clock of waiting.</summary>
    public TimeProvider Time => options.Time;

    /// <summary>Begins a request without content.</summary>
    /// <param name="method">The method.</param>
    /// <param name="repeat">When it may be sent once more.</param>
    /// <param name="path">The path, whose parts are checked names.</param>
    public HttpMessage CreateMessage(RequestMethod method, RepeatRule repeat, string path)
    {
        var message = _client.CreateMessage(method, repeat);
        message.Request.Uri.Reset(options.Address);
        message.Request.Uri.AppendPath(path, escape: false);
        message.Request.Uri.AppendQuery("api-version", ApiVersion);
        message.Request.Headers.Add("Accept", "application/json");
        return message;
    }

    /// <summary>Begins a request with JSON.</summary>
    public HttpMessage CreateMessage<T>(RequestMethod method, RepeatRule repeat, string path, T body, JsonTypeInfo<T> type)
    {
        var message = CreateMessage(method, repeat, path);
        message.Request.Headers.Add("Content-Type", "application/json");
        message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(body, type));
        return message;
    }

    /// <summary>Sends a request, and disposes it, and reads the answer.</summary>
    /// <exception cref="AzureServiceException">It has another status than the expected one, or can't be read.</exception>
    /// <exception cref="AzureConnectionException">There is no answer.</exception>
    public async Task<T> SendAsync<T>(HttpMessage message, HttpStatusCode expected, string operation, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using (message)
        {
            return Read(await SendAsync(message, operation, cancellationToken), expected, operation, type, RepeatRule.Of(message) != RepeatRule.Freely);
        }
    }

    /// <summary>Sends a request that has no content in its answer, and disposes it.</summary>
    /// <exception cref="AzureServiceException">It has another status than the expected one.</exception>
    /// <exception cref="AzureConnectionException">There is no answer.</exception>
    public async Task SendAsync(HttpMessage message, HttpStatusCode expected, string operation, CancellationToken cancellationToken)
    {
        using (message)
        {
            Expect(await SendAsync(message, operation, cancellationToken), expected, operation);
        }
    }

    /// <summary>Sends a request, and disposes it, and reads the answer; null when there is nothing (404).</summary>
    /// <exception cref="AzureServiceException">It has another status, or can't be read.</exception>
    /// <exception cref="AzureConnectionException">There is no answer.</exception>
    public async Task<T?> FindAsync<T>(HttpMessage message, string operation, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using (message)
        {
            var response = await SendAsync(message, operation, cancellationToken);
            return response.Status == (int)HttpStatusCode.NotFound ? null : Read(response, HttpStatusCode.OK, operation, type, isFateUnknown: false);
        }
    }

    /// <summary>Reads a list page by page, each when the one before has been used up.</summary>
    /// <exception cref="AzureServiceException">A page has another status than 200, or can't be read.</exception>
    /// <exception cref="AzureConnectionException">There is no answer.</exception>
    public async IAsyncEnumerable<T> ListAsync<T>(
        Func<HttpMessage> createFirst,
        string operation,
        JsonTypeInfo<KeyVaultPage<T>> type,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HttpMessage? message = createFirst();
        Uri? asked = null;
        while (message is not null)
        {
            var page = await SendAsync(message, HttpStatusCode.OK, operation, type, cancellationToken);
            foreach (var item in page.Value ?? [])
            {
                yield return item;
            }

            message = page.NextLink is { } link ? CreateNext(link, asked, operation) : null;
            asked = page.NextLink;
        }
    }

    public void Dispose() => _client.Dispose();

    // A link to another host is refused by KeyVaultTokenPolicy.
    private HttpMessage CreateNext(Uri link, Uri? asked, string operation)
    {
        var complaint = !link.IsAbsoluteUri ? "the link to the next page is no address" : link == asked ? "a page names itself as the next one" : null;
        if (complaint is not null)
        {
            throw AzureServiceException.Create(Name(operation), (int)HttpStatusCode.OK, new AzureError(null, complaint), requestId: null);
        }

        var message = _client.CreateMessage(RequestMethod.Get, RepeatRule.Freely);
        message.Request.Uri.Reset(link);
        message.Request.Headers.Add("Accept", "application/json");
        return message;
    }

    private ValueTask<Response> SendAsync(HttpMessage message, string operation, CancellationToken cancellationToken) =>
        _client.SendAsync(message, operation, cancellationToken);

    private T Read<T>(Response response, HttpStatusCode expected, string operation, JsonTypeInfo<T> type, bool isFateUnknown)
        where T : class
    {
        Expect(response, expected, operation);
        try
        {
            return JsonSerializer.Deserialize(response.Content.ToMemory().Span, type) ?? throw new JsonException();
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            // Without the cause, whose message can quote the text.
            var request = AzureServiceException.ReadRequestId(response);
            throw AzureServiceException.Create(Name(operation), response.Status, new AzureError(null, "the answer can't be read"), request, isFateUnknown);
        }
    }

    private string Name(string operation) => $"{KeyVaultOptions.Service} {operation} at {options.Address.Authority}";

    private void Expect(Response response, HttpStatusCode expected, string operation)
    {
        if (response.Status != (int)expected)
        {
            throw _client.Unexpected(response, $"{operation} at {options.Address.Authority}");
        }
    }
}
