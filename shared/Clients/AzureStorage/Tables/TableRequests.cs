using System.Globalization;
using System.Text.Json;
using Azure.Core;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Fills requests about one table.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api.</remarks>
/// <param name="endpoint">The service's address, with the account in host or path and no slash at its end.</param>
/// <param name="table">The table's name.</param>
internal sealed class TableRequests(Uri endpoint, string table)
{
    private const string ServiceVersion = "2020-12-06";
    private const string MinimalMetadata = "application/json;odata=minimalmetadata";
    private const string Json = "application/json";
    private readonly string _service = endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Makes the table.</summary>
    public void CreateTable(Request request)
    {
        Begin(request, RequestMethod.Post, "/Tables");
        request.Headers.SetValue("Prefer", "return-no-content");
        var body = new TableBody();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("TableName"u8, table);
            json.WriteEndObject();
        }

        SetBody(request, body, Json);
    }

    /// <summary>Removes the table with all its rows.</summary>
    public void DeleteTable(Request request) => Begin(request, RequestMethod.Delete, $"/Tables('{table}')");

    /// <summary>Looks for the table in the list of all.</summary>
    public void FindTable(Request request)
    {
        Begin(request, RequestMethod.Get, "/Tables");
        request.Uri.AppendQuery("$filter", $"TableName eq '{table}'", escapeValue: true);
    }

    /// <summary>Reads one row.</summary>
    /// <param name="request">What to fill.</param>
    /// <param name="key">The row's keys.</param>
    /// <param name="select">The properties to read; null means all.</param>
    public void Get(Request request, TableKey key, string? select)
    {
        Begin(request, RequestMethod.Get, Path(key));
        if (select is not null)
        {
            request.Uri.AppendQuery("$select", select, escapeValue: true);
        }
    }

    /// <summary>Changes one row.</summary>
    public void Change(Request request, TableOperation operation)
    {
        Begin(request, Method(operation.Verb), operation.Verb == TableVerb.Insert ? $"/{table}" : Path(operation.Key));
        if (operation.Condition is { } condition)
        {
            request.Headers.SetValue("If-Match", condition.IfMatch);
        }

        if (operation.Verb == TableVerb.Insert)
        {
            request.Headers.SetValue("Prefer", "return-no-content");
        }

        if (operation.Verb != TableVerb.Delete)
        {
            var body = new TableBody();
            TableEntityWriter.Write(body, operation.Key, operation.Properties);
            SetBody(request, body, Json);
        }
    }

    /// <summary>Changes several rows of one partition, all or none.</summary>
    /// <exception cref="TableLimitException">It is longer than the service takes.</exception>
    public void Change(Request request, TableBatch batch)
    {
        Begin(request, RequestMethod.Post, "/$batch");
        var boundary = $"batch_{Guid.NewGuid():D}";
        var body = new TableBody();
        TableBatchWriter.Write(body, batch, boundary, operation => (Method(operation.Verb).Method, _service + (operation.Verb == TableVerb.Insert ? $"/{table}" : Path(operation.Key))));
        SetBody(request, body, $"multipart/mixed; boundary={boundary}");
        if (body.Length > TableLimits.BatchSize)
        {
            throw new TableLimitException($"a batch can't have more than {TableLimits.BatchSize} bytes (4 MiB), and this has {body.Length}");
        }
    }

    /// <summary>Reads a page of rows.</summary>
    /// <param name="request">What to fill.</param>
    /// <param name="query">What to read.</param>
    /// <param name="continuation">Where to begin; null means at the first row.</param>
    public void Query(Request request, TableQuery query, TableContinuation? continuation)
    {
        Begin(request, RequestMethod.Get, $"/{table}()");
        var uri = request.Uri;
        if (query.Filter is { } filter)
        {
            uri.AppendQuery("$filter", filter.Text, escapeValue: true);
        }

        if (query.Select is { } select)
        {
            uri.AppendQuery("$select", string.Join(',', select), escapeValue: true);
        }

        if (query.PageSize != TableLimits.PageSize)
        {
            uri.AppendQuery("$top", query.PageSize.ToString(CultureInfo.InvariantCulture), escapeValue: false);
        }

        if (continuation is var (partition, row))
        {
            uri.AppendQuery("NextPartitionKey", partition, escapeValue: true);
            if (row is not null)
            {
                uri.AppendQuery("NextRowKey", row, escapeValue: true);
            }
        }
    }

    private static RequestMethod Method(TableVerb verb) => verb switch
    {
        TableVerb.Insert => RequestMethod.Post,
        TableVerb.Replace => RequestMethod.Put,
        TableVerb.Merge => RequestMethod.Patch,
        _ => RequestMethod.Delete,
    };

    private static void SetBody(Request request, TableBody body, string type)
    {
        request.Headers.SetValue("Content-Type", type);
        request.Content = body;
    }

    private static string Escape(string key) => Uri.EscapeDataString(key.Contains('\'', StringComparison.Ordinal) ? key.Replace("'", "''", StringComparison.Ordinal) : key);

    private string Path(TableKey key) => $"/{table}(PartitionKey='{Escape(key.PartitionKey)}',RowKey='{Escape(key.RowKey)}')";

    private void Begin(Request request, RequestMethod method, string path)
    {
        request.Method = method;
        request.Uri.Reset(endpoint);
        request.Uri.AppendPath(path, escape: false);
        request.Headers.SetValue("Accept", MinimalMetadata);
        request.Headers.SetValue("DataServiceVersion", "3.0");
        request.Headers.SetValue("x-ms-version", ServiceVersion);
    }
}
