namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>How a test wants the emulated host to run.</summary>
public sealed record HostSettings
{
    /// <summary>The published app: the folder of host.json.</summary>
    public required string ScriptRoot { get; init; }

    /// <summary>App settings; the handler inherits them, and <c>AzureFunctionsJobHost__…</c> among them overrides host.json.</summary>
    public IReadOnlyDictionary<string, string> AppSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the host listens on 127.0.0.1.</summary>
    public int Port { get; init; } = FreePort.Next();

    /// <summary>Acts like a host from before request proxying: only <c>enableForwardingHttpRequest</c> is known.</summary>
    public bool IsForwardOnly { get; init; }

    /// <summary>The host's version as the handler sees it.</summary>
    public string HostVersion { get; init; } = "4.1052.200.0";
}
