using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Serverless.Backends.Tables;

/// <summary>Answers the operations on one entity of Azure Tables at once and keeps nothing, so that a measurement sees the client alone.</summary>
/// <remarks>Statuses, headers and bodies are like those of the service; signatures and conditions are not looked at.</remarks>
public sealed class NullTableServer : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";
    private const string Timestamp = "2026-01-02T03:04:05.0000000Z";
    private static readonly StringValues ETag = $"W/\"datetime'{Uri.EscapeDataString(Timestamp)}'\"";
    private static readonly StringValues Version = "2020-12-06";
    private static readonly StringValues RequestId = "6d5e0b3c-0000-4000-8000-000000000001";
    private static readonly StringValues ServerName = "Windows-Azure-Table/1.0 Microsoft-HTTPAPI/2.0";
    private static readonly StringValues EntityId = $"http://127.0.0.1/{Account}/load(PartitionKey='p',RowKey='r')";
    private static readonly byte[] Entity = Encoding.UTF8.GetBytes(
        $$"""{"odata.metadata":"http://127.0.0.1/{{Account}}/$metadata#load/@Element","odata.etag":"{{ETag.ToString().Replace("\"", "\\\"", StringComparison.Ordinal)}}","PartitionKey":"p","RowKey":"r","Timestamp":"{{Timestamp}}","Value":"{\"hello\":\"world\"}"}""");

    private readonly WebApplication _app;
    private long _requests;

    private NullTableServer(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary><c>http://127.0.0.1:port/devstoreaccount1</c>.</summary>
    public string Endpoint => $"{_app.Urls.Single()}/{Account}";

    /// <summary>How many requests came.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Starts a server on <paramref name="port"/>.</summary>
    public static async Task<NullTableServer> StartAsync(int port, CancellationToken cancellationToken)
    {
        var server = new NullTableServer(port);
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Starts a server on a free port.</summary>
    public static Task<NullTableServer> StartAsync(CancellationToken cancellationToken) => StartAsync(0, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        var (request, response) = (context.Request, context.Response);
        var headers = response.Headers;
        headers.Server = ServerName;
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers["x-ms-request-id"] = RequestId;
        headers["x-ms-version"] = Version;
        switch (request.Method)
        {
            case "GET":
                return WriteEntityAsync(response, StatusCodes.Status200OK);
            case "POST":
                return AnswerInsertAsync(request, response);
            case "PUT" or "PATCH" or "MERGE":
                response.StatusCode = StatusCodes.Status204NoContent;
                headers.ETag = ETag;
                return Task.CompletedTask;
            case "DELETE":
                response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            default:
                response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return Task.CompletedTask;
        }
    }

    private static Task AnswerInsertAsync(HttpRequest request, HttpResponse response)
    {
        var headers = response.Headers;
        headers.Location = EntityId;
        var prefer = request.Headers["Prefer"];
        if (prefer != "return-no-content")
        {
            return WriteEntityAsync(response, StatusCodes.Status201Created);
        }

        response.StatusCode = StatusCodes.Status204NoContent;
        headers.ETag = ETag;
        headers["Preference-Applied"] = prefer;
        headers["DataServiceId"] = EntityId;
        return Task.CompletedTask;
    }

    private static Task WriteEntityAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.ContentType = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8";
        response.Headers.ETag = ETag;
        response.ContentLength = Entity.Length;
        return response.Body.WriteAsync(Entity).AsTask();
    }
}
