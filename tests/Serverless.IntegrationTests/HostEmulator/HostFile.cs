using System.Globalization;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>The parts of host.json that matter to a custom handler.</summary>
public sealed record HostFile
{
    /// <summary><c>functionTimeout</c>; the host's default is 30 minutes.</summary>
    public TimeSpan FunctionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary><c>extensions.http.routePrefix</c>.</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary><c>customHandler.description.defaultExecutablePath</c>.</summary>
    public required string ExecutablePath { get; init; }

    /// <summary><c>customHandler.description.arguments</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary><c>customHandler.description.workingDirectory</c>, relative to the script root.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary><c>customHandler.initializationTimeout</c>.</summary>
    public TimeSpan InitializationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>customHandler.enableProxyingHttpRequest</c>.</summary>
    public bool IsProxying { get; init; }

    /// <summary><c>customHandler.enableForwardingHttpRequest</c>.</summary>
    public bool IsForwarding { get; init; }

    /// <summary><c>extensions.queues</c>.</summary>
    public QueueOptions Queues { get; init; } = new();

    /// <summary>Reads host.json of a script root, with the overrides of the app settings.</summary>
    /// <exception cref="HostException">The file is missing or names no executable.</exception>
    public static HostFile Read(string scriptRoot, IReadOnlyDictionary<string, string> appSettings)
    {
        var path = Path.Combine(scriptRoot, "host.json");
        if (!File.Exists(path) || JsonNode.Parse(File.ReadAllText(path)) is not JsonObject root)
        {
            throw new HostException($"no host.json in {scriptRoot}");
        }

        if ((string?)root["version"] != "2.0")
        {
            throw new HostException("host.json: version must be \"2.0\"");
        }

        HostFileOverrides.Apply(root, appSettings);
        var handler = root["customHandler"];
        var description = handler?["description"];
        var executable = (string?)description?["defaultExecutablePath"];
        if (string.IsNullOrEmpty(executable))
        {
            throw new HostException("host.json: customHandler.description.defaultExecutablePath is required");
        }

        var defaults = new HostFile { ExecutablePath = executable };
        return defaults with
        {
            FunctionTimeout = Duration(root["functionTimeout"]) ?? defaults.FunctionTimeout,
            RoutePrefix = (string?)root["extensions"]?["http"]?["routePrefix"] ?? defaults.RoutePrefix,
            Arguments = description!["arguments"] is JsonArray items ? [.. items.Select(item => (string)item!)] : [],
            WorkingDirectory = (string?)description["workingDirectory"] ?? "",
            InitializationTimeout = Duration(handler!["initializationTimeout"]) ?? defaults.InitializationTimeout,
            IsProxying = Flag(handler["enableProxyingHttpRequest"]),
            Queues = QueueOptions.Read(root["extensions"]?["queues"]),
            IsForwarding = Flag(handler["enableForwardingHttpRequest"]),
        };
    }

    private static TimeSpan? Duration(JsonNode? node) =>
        node is null ? null : TimeSpan.Parse((string)node!, CultureInfo.InvariantCulture);

    // An override arrives as text, the file holds a JSON boolean.
    private static bool Flag(JsonNode? node) =>
        node is not null && bool.Parse(node.ToString());
}
