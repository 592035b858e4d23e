using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

/// <summary>A blob service that answers as a test has written down: one answer per request, the last one for all that follow.</summary>
internal sealed class ScriptedBlobs : IAsyncDisposable
{
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script;
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Method, long Time)> _requests = new();

    private ScriptedBlobs(IEnumerable<Func<HttpContext, Task>> script)
    {
        _script = new ConcurrentQueue<Func<HttpContext, Task>>(script);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public BlobContainerClient Client { get; private set; } = null!;

    /// <summary>The methods of the requests so far.</summary>
    public IReadOnlyList<string> Methods => [.. _requests.Select(request => request.Method)];

    /// <summary>The time between two requests.</summary>
    public TimeSpan Between(int first, int second) => TimeProvider.System.GetElapsedTime(_requests.ElementAt(first).Time, _requests.ElementAt(second).Time);

    public static async Task<ScriptedBlobs> StartAsync(params Func<HttpContext, Task>[] script)
    {
        var blobs = new ScriptedBlobs(script);
        await blobs._app.StartAsync(TestContext.Current.CancellationToken);
        var account = new StorageAccount("acct", new Uri($"{blobs._app.Urls.Single()}/acct"), StorageCredential.SharedKey("acct", "a2V5"));
        blobs.Client = new BlobContainerClient(
            account, "con", new AzureRestOptions { Service = BlobContainerClient.ServiceName, RetryDelay = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromSeconds(20) });
        return blobs;
    }

    /// <summary>An answer with a body and an error code in the header, where they are not empty.</summary>
    public static Func<HttpContext, Task> Answer(int status, string code = "", string body = "", params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        if (code.Length > 0)
        {
            context.Response.Headers["x-ms-error-code"] = code;
        }

        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        if (body.Length > 0)
        {
            await context.Response.WriteAsync(body);
        }
    };

    /// <summary>Reads the whole request, and breaks the connection instead of answering.</summary>
    public static async Task Lose(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        _requests.Enqueue((context.Request.Method, TimeProvider.System.GetTimestamp()));
        return (_script.Count > 1 && _script.TryDequeue(out var answer) ? answer : _script.First())(context);
    }
}
