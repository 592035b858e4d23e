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

    /// <summary>Whether queue and Service Bus triggers run; otherwise only tests invoke functions.</summary>
    public bool RunsTriggers { get; init; }

    /// <summary>Whether timers run by the clock.</summary>
    public bool RunsTimers { get; init; }

    /// <summary>For how long the host hides a message while its function runs, renewed at half of it: 10 minutes, which tests shorten.</summary>
    public TimeSpan QueueLease { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The namespace of Service Bus triggers.</summary>
    public ServiceBusConnection? ServiceBus { get; init; }

    /// <summary>The host's version as the handler sees it.</summary>
    public string HostVersion { get; init; } = "4.1052.200.0";
}
