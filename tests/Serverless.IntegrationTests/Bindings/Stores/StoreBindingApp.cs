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
    internal Task<OutputCall> CallAsync(string name, string operation, string? data = null, params (string Name, string Value)[] metadata) =>
        OutputCall.SendAsync(_client, name, operation, data, metadata);

    /// <summary>Calls a binding where it must fail, and gives the reason.</summary>
    internal async Task<string> FailAsync(string name, string operation, string? data = null, params (string Name, string Value)[] metadata)
    {
        var fault = (await CallAsync(name, operation, data, metadata)).Fault;
        var prefix = $"error invoking output binding {name}: ";
        Assert.StartsWith(prefix, fault, StringComparison.Ordinal);
        return fault[prefix.Length..];
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
