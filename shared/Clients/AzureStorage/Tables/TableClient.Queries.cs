using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Core;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <content>Queries.</content>
internal sealed partial class TableClient
{
    /// <summary>Reads rows page by page, in the order of their keys. A page may be empty and not be the last.</summary>
    /// <exception cref="AzureException">A page could not be read.</exception>
    public async IAsyncEnumerable<IReadOnlyList<TableEntity>> QueryAsync(TableQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TableContinuation? continuation = null;
        do
        {
            (var page, continuation) = await QueryPageAsync(query, continuation, cancellationToken);
            yield return page;
        }
        while (continuation is not null);
    }

    private static TableContinuation? Continuation(Response response) =>
        response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition) && !string.IsNullOrEmpty(partition)
            ? new TableContinuation(partition, response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out var row) && !string.IsNullOrEmpty(row) ? row : null)
            : null;

    private static List<TableEntity> ReadRows(ReadOnlySpan<byte> body)
    {
        List<TableEntity>? rows = null;
        var json = new Utf8JsonReader(body);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isRows = json.ValueTextEquals("value"u8);
            json.Read();
            if (!isRows || json.TokenType != JsonTokenType.StartArray)
            {
                json.Skip();
                continue;
            }

            rows = [];
            while (json.Read() && json.TokenType == JsonTokenType.StartObject)
            {
                var reader = TableEntityReader.At(json);
                rows.Add(TableEntity.Read(ref reader));
                json = reader.Json;
            }

            if (json.TokenType != JsonTokenType.EndArray)
            {
                throw new JsonException("a row is expected");
            }
        }

        // Nothing would look like an empty page.
        return rows ?? throw new JsonException("rows are expected");
    }

    private List<TableEntity> ReadPage(Response response)
    {
        try
        {
            return ReadRows(response.Content.ToMemory().Span);
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            throw _client.Unreadable(response, "query", fault);
        }
    }

    private async ValueTask<(List<TableEntity> Rows, TableContinuation? Next)> QueryPageAsync(TableQuery query, TableContinuation? continuation, CancellationToken cancellationToken)
    {
        using var message = _client.CreateMessage(RequestMethod.Get, RepeatRule.Freely);
        _requests.Query(message.Request, query, continuation);
        var response = await SendAsync(message, "query", cancellationToken);
        return response.Status == 200 ? (ReadPage(response), Continuation(response)) : throw _client.Unexpected(response, "query");
    }
}
