using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>The app with output bindings, and calls of them.</summary>
public sealed class StoreBindingApp : IAsyncDisposable
{
    /// <summary>The binding without anything between it and its server.</summary>
    public const string Direct = "direct";

    /// <summary>The one behind a proxy.</summary>
    public const string Proxied = "proxied";

    private readonly AppProcess _process;
    private readonly HttpClient _client;

    private StoreBindingApp(AppProcess process) => (_process, _client) = (process, process.Client());

    /// <summary>What the app wrote.</summary>
    public string Output => _process.Output.Text;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts the app with these components.</summary>
    internal static async Task<StoreBindingApp> StartAsync(params (string Name, string Type, (string Name, string Value)[] Metadata)[] components) =>
        new(await AppProcess.StartAsync(Settings(components), Token));

    /// <summary>Starts the app with one component and an environment.</summary>
    internal static async Task<StoreBindingApp> StartAsync(IReadOnlyDictionary<string, string> environment, string name, string type, params (string Name, string Value)[] metadata) =>
        new(await AppProcess.StartAsync(Settings((name, type, metadata)) with { Environment = environment }, Token));

    /// <summary>Starts the app where it must refuse to start, and gives what it wrote.</summary>
    internal static async Task<string> RefuseAsync(string type, params (string Name, string Value)[] metadata)
    {
        await using var app = await AppProcess.LaunchAsync(Settings(("refused", type, metadata)));
        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));
        return app.Output.Text;
    }

    /// <summary>Calls a binding.</summary>
    /// <param name="name">The component.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="data">JSON text; null sends none.</param>
    /// <param name="metadata">Request metadata.</param>
    internal async Task<StoreBindingAnswer> CallAsync(string name, string operation, string? data = null, params (string Name, string Value)[] metadata)
    {
        var body = new JsonObject { ["operation"] = operation };
        if (data is not null)
        {
            body["data"] = JsonNode.Parse(data);
        }

        body["metadata"] = new JsonObject(metadata.Select(item => KeyValuePair.Create(item.Name, (JsonNode?)item.Value)));
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri($"v1.0/bindings/{name}", UriKind.Relative), content, Token);
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key.StartsWith("metadata.", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key["metadata.".Length..], header => header.Value.Single(), StringComparer.OrdinalIgnoreCase);
        return new StoreBindingAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(Token), headers);
    }

    /// <summary>Calls a binding where it must fail, and gives the reason.</summary>
    internal async Task<string> FailAsync(string name, string operation, string? data = null, params (string Name, string Value)[] metadata)
    {
        var answer = await CallAsync(name, operation, data, metadata);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        using var error = JsonDocument.Parse(answer.Text);
        Assert.Equal("ERR_INVOKE_OUTPUT_BINDING", error.RootElement.GetProperty("errorCode").GetString());
        var message = error.RootElement.GetProperty("message").GetString()!;
        var prefix = $"error invoking output binding {name}: ";
        Assert.StartsWith(prefix, message, StringComparison.Ordinal);
        return message[prefix.Length..];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }

    private static AppSettings Settings(params (string Name, string Type, (string Name, string Value)[] Metadata)[] components) => new()
    {
        Resources = components.ToDictionary(component => $"{component.Name}.yaml", component => Resources.Component(component.Name, component.Type, component.Metadata)),
    };
}
