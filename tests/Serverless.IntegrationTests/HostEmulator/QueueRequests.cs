using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using System.Xml.Linq;
using Serverless.Backends.Azurite;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>One queue of a storage account, with requests of its own: the emulator and its tests must not share the app's client.</summary>
public sealed class QueueRequests : IDisposable
{
    // Each minute Azurite clears what no message refers to any more; after thousands of messages it answers nobody for minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
    private readonly string _endpoint;
    private readonly string _query;

    /// <summary>The queue of that name behind a connection string with key and endpoint.</summary>
    public QueueRequests(string connectionString, string name)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        Name = name;
        ConnectionString = connectionString;
        _endpoint = $"{parts["QueueEndpoint"]}/{name}";
        _query = AzuriteSas.ForAccount(parts["AccountName"], parts["AccountKey"]);
    }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    /// <summary>Where it is.</summary>
    public string ConnectionString { get; }

    /// <summary>Creates it unless it is there.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken) => (await SendAsync(HttpMethod.Put, "", null, cancellationToken)).Dispose();

    /// <summary>Puts a message.</summary>
    public async Task PutAsync(string text, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, "/messages?messagettl=-1", Body(text), cancellationToken)).Dispose();

    /// <summary>Receives messages and hides them; none when there is no queue.</summary>
    public Task<IReadOnlyList<StorageMessage>> GetAsync(int count, TimeSpan visibility, CancellationToken cancellationToken) =>
        ListAsync($"/messages?numofmessages={count}&visibilitytimeout={Seconds(visibility)}", cancellationToken);

    /// <summary>The visible messages of the front, left where they are.</summary>
    public Task<IReadOnlyList<StorageMessage>> PeekAsync(CancellationToken cancellationToken) => ListAsync("/messages?peekonly=true&numofmessages=32", cancellationToken);

    /// <summary>How many there are, hidden ones too; 0 when there is no queue.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, "?comp=metadata", null, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? 0 : int.Parse(response.Headers.GetValues("x-ms-approximate-messages-count").Single(), CultureInfo.InvariantCulture);
    }

    /// <summary>Hides a received message anew; the new receipt, or null when somebody else has it.</summary>
    public async Task<string?> HideAsync(StorageMessage message, TimeSpan visibility, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Put, $"/messages/{message.Id}?popreceipt={Uri.EscapeDataString(message.PopReceipt)}&visibilitytimeout={Seconds(visibility)}", null, cancellationToken);
        return response.StatusCode == HttpStatusCode.NoContent ? response.Headers.GetValues("x-ms-popreceipt").Single() : null;
    }

    /// <summary>Deletes a received message, if it is still the receiver's.</summary>
    public async Task DeleteAsync(StorageMessage message, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Delete, $"/messages/{message.Id}?popreceipt={Uri.EscapeDataString(message.PopReceipt)}", null, cancellationToken)).Dispose();

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string Body(string text) => $"<QueueMessage><MessageText>{SecurityElement.Escape(text)}</MessageText></QueueMessage>";

    private static string Seconds(TimeSpan time) => ((int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private async Task<IReadOnlyList<StorageMessage>> ListAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound
            ? []
            : [.. XDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken), LoadOptions.PreserveWhitespace).Descendants("QueueMessage").Select(StorageMessage.Read)];
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, $"{_endpoint}{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{_query}");
        request.Headers.TryAddWithoutValidation("x-ms-version", "2021-12-02");
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode && response.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.BadRequest))
        {
            throw new HttpRequestException($"{method} {path.Split('?')[0]}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        return response;
    }
}
