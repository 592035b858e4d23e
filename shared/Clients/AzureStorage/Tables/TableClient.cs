using System.Text.Json;
using Azure;
using Azure.Core;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>One table of Azure Table Storage, or of what speaks its protocol.</summary>
/// <remarks>
/// https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api. A write is sent again only when it has certainly not
/// been executed. What a change may come upon is a value (<see cref="TableOutcome"/>); everything else is an exception, a missing
/// table too.
/// </remarks>
internal sealed partial class TableClient : IDisposable
{
    private const string Service = "Table Storage";
    private readonly AzureRestClient _client;
    private readonly TableRequests _requests;

    public TableClient(TableClientOptions options)
    {
        _requests = new TableRequests(options.Account.Endpoint, options.Table);
        _client = new AzureRestClient(new AzureRestOptions
        {
            Service = Service,
            Authentication = options.Account.Credential?.CreatePolicy(options.Service, options.Time),
            Timeout = options.Timeout,
            Time = options.Time,
            Transport = options.Transport,
        });
    }

    /// <summary>Makes the table; false when it is there already.</summary>
    /// <exception cref="AzureException">It could not be made.</exception>
    public async Task<bool> CreateTableAsync(CancellationToken cancellationToken)
    {
        using var message = _client.CreateMessage(RequestMethod.Post, RepeatRule.Freely);
        _requests.CreateTable(message.Request);
        var response = await SendAsync(message, "create table", cancellationToken);
        return response.Status switch
        {
            201 or 204 => true,
            409 when AzureError.Read(response).Code == "TableAlreadyExists" => false,
            _ => throw _client.Unexpected(response, "create table"),
        };
    }

    /// <summary>Removes the table with all its rows; false when there is none. Its name is blocked for a while then.</summary>
    /// <exception cref="AzureException">It could not be removed.</exception>
    public async Task<bool> DeleteTableAsync(CancellationToken cancellationToken)
    {
        using var message = _client.CreateMessage(RequestMethod.Delete, RepeatRule.Freely);
        _requests.DeleteTable(message.Request);
        var response = await SendAsync(message, "delete table", cancellationToken);
        return response.Status switch
        {
            204 => true,
            404 => false,
            _ => throw _client.Unexpected(response, "delete table"),
        };
    }

    /// <summary>Whether there is such a table.</summary>
    /// <exception cref="AzureException">It could not be found out.</exception>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        using var message = _client.CreateMessage(RequestMethod.Get, RepeatRule.Freely);
        _requests.FindTable(message.Request);
        var response = await SendAsync(message, "find table", cancellationToken);
        return response.Status == 200 ? ReadIsListed(response) : throw _client.Unexpected(response, "find table");
    }

    /// <summary>Reads a row; null when there is none.</summary>
    /// <exception cref="AzureException">It could not be read.</exception>
    public ValueTask<TableEntity?> GetAsync(TableKey key, CancellationToken cancellationToken, string? select = null) =>
        GetAsync<TableEntity>(key, select, static (ref reader) => TableEntity.Read(ref reader), cancellationToken);

    /// <summary>Reads a row and makes something of it; null when there is none.</summary>
    /// <param name="key">The row's keys.</param>
    /// <param name="select">The properties to read, parted by commas; null means all.</param>
    /// <param name="read">What to make of it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="AzureException">It could not be read.</exception>
    public async ValueTask<T?> GetAsync<T>(TableKey key, string? select, TableRowReader<T> read, CancellationToken cancellationToken)
        where T : class
    {
        if (TableLimits.Complaint(key) is { } complaint)
        {
            throw new TableLimitException(complaint);
        }

        using var message = _client.CreateMessage(RequestMethod.Get, RepeatRule.Freely);
        _requests.Get(message.Request, key, select);
        var response = await SendAsync(message, "get", cancellationToken);
        if (response.Status == 200)
        {
            return Read(response, read);
        }

        return response.Status == 404 && TableResult.IsAbsent(AzureError.Read(response)) ? null : throw _client.Unexpected(response, "get");
    }

    /// <summary>Changes one row.</summary>
    /// <exception cref="AzureException">It failed; the message tells when its fate is unknown.</exception>
    public async ValueTask<TableResult> ChangeAsync(TableOperation operation, CancellationToken cancellationToken)
    {
        using var message = _client.CreateMessage(RequestMethod.Put, RepeatRule.IfNotExecuted);
        _requests.Change(message.Request, operation);
        var response = await SendAsync(message, operation.Name, cancellationToken);
        if (response.Status is 201 or 204)
        {
            return new TableResult(TableOutcome.Done, response.Headers.TryGetValue("ETag", out var etag) ? etag : null);
        }

        return TableResult.Expected(response.Status, AzureError.Read(response), operation) is { } outcome
            ? new TableResult(outcome)
            : throw _client.Unexpected(response, operation.Name);
    }

    /// <summary>Changes several rows of one partition, all or none.</summary>
    /// <exception cref="AzureException">It failed; the message tells when its fate is unknown.</exception>
    public async ValueTask<TableBatchResult> ChangeAsync(TableBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return new TableBatchResult(TableOutcome.Done, -1, []);
        }

        using var message = _client.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted);
        _requests.Change(message.Request, batch);
        var response = await SendAsync(message, "batch", cancellationToken);
        if (response.Status is not (200 or 202))
        {
            throw _client.Unexpected(response, "batch");
        }

        var answer = ReadAnswer(response, batch.Count);
        if (answer.Status == 0)
        {
            return new TableBatchResult(TableOutcome.Done, -1, answer.ETags);
        }

        return answer.Failed >= 0 && TableResult.Expected(answer.Status, answer.Error, batch[answer.Failed]) is { } outcome
            ? new TableBatchResult(outcome, answer.Failed, [])
            : throw PartError(response, answer);
    }

    public void Dispose() => _client.Dispose();

    // Nothing of the batch was made when an operation was refused; that the service failed tells nothing.
    private static AzureServiceException PartError(Response response, TableBatchAnswer answer)
    {
        var operation = answer.Failed >= 0 ? $"batch, operation {answer.Failed}" : "batch";
        var isFateUnknown = CarefulRetryPolicy.LeavesOpen(answer.Status, answer.Error.Code);
        return AzureServiceException.Create($"{Service} {operation}", answer.Status, answer.Error, AzureServiceException.ReadRequestId(response), isFateUnknown);
    }

    // The JSON reader has its own ways to say that a text is no Unicode, or a value of another type.
    private static bool IsDamage(Exception fault) => fault is JsonException or InvalidOperationException or FormatException or OverflowException;

    private static TableBatchAnswer ReadAnswer(Response response, int operations)
    {
        try
        {
            return TableBatchAnswer.Read(response.Headers.ContentType, response.Content.ToMemory(), operations);
        }
        catch (InvalidDataException fault)
        {
            throw AzureServiceException.Create(
                $"{Service} batch", response.Status, new AzureError(null, $"its content can't be read ({fault.Message})"), AzureServiceException.ReadRequestId(response), isFateUnknown: true);
        }
    }

    private bool ReadIsListed(Response response)
    {
        try
        {
            using var document = JsonDocument.Parse(response.Content.ToMemory());
            return document.RootElement.TryGetProperty("value", out var tables) ? tables.GetArrayLength() > 0 : throw new JsonException("a list is expected");
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            throw _client.Unreadable(response, "find table", fault);
        }
    }

    private T Read<T>(Response response, TableRowReader<T> read)
    {
        try
        {
            var reader = TableEntityReader.Over(response.Content.ToMemory().Span);
            return read(ref reader);
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            throw _client.Unreadable(response, "get", fault);
        }
    }

    private async ValueTask<Response> SendAsync(HttpMessage message, string operation, CancellationToken cancellationToken)
    {
        var body = message.Request.Content as TableBody;
        var response = await _client.SendAsync(message, operation, cancellationToken);
        body?.Release();
        return response;
    }
}
