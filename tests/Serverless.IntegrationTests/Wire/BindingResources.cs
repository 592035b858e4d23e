using Serverless.Backends.WebServices;

namespace Serverless.IntegrationTests.Wire;

/// <summary>The bindings of the targets that have some: files in the app's working directory, a web server, a schedule, and one that ends before it would call.</summary>
internal sealed class BindingResources : IAsyncDisposable
{
    private readonly ScriptedServer _web;

    private BindingResources(ScriptedServer web) => _web = web;

    /// <summary>Files for a resource directory.</summary>
    public IReadOnlyDictionary<string, string> Files => new Dictionary<string, string>
    {
        ["files.yaml"] = Resources.Component("files", "bindings.localstorage", ("rootPath", "wire-files")),
        ["web.yaml"] = Resources.Component("web", "bindings.http", ("url", _web.Address)),
        ["yearly.yaml"] = Resources.Component("yearly", "bindings.cron", ("schedule", "@yearly")),
        ["points.yaml"] = Resources.Component("points", "bindings.influx", ("url", "http://127.0.0.1:9"), ("token", "t"), ("org", "o"), ("bucket", "b")),
    };

    /// <summary>Starts the web server, which echoes bodies and headers, with 404 below <c>/missing</c>.</summary>
    public static async Task<BindingResources> StartAsync(CancellationToken cancellationToken) => new(await ScriptedServer.StartAsync(
        call => JsonAnswer.Of(call.Path.StartsWith("/missing", StringComparison.Ordinal) ? 404 : 200, call.Text) with
        {
            Headers = new Dictionary<string, string> { ["X-Baggage"] = call.Header("baggage") ?? "", ["X-Parent"] = call.Header("traceparent") ?? "", ["X-State"] = call.Header("tracestate") ?? "" },
        },
        cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _web.DisposeAsync();
}
