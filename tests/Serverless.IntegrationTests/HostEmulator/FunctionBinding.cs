using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>One binding of a function.json.</summary>
/// <param name="Name">Its name in payloads.</param>
/// <param name="Type">Its type, such as <c>httpTrigger</c>.</param>
/// <param name="Direction"><c>in</c> or <c>out</c>.</param>
/// <param name="Json">All its members.</param>
public sealed record FunctionBinding(string Name, string Type, string Direction, JsonObject Json)
{
    /// <summary>True for the binding that starts the function.</summary>
    public bool IsTrigger => Type.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for an HTTP trigger.</summary>
    public bool IsHttpTrigger => Type.Equals("httpTrigger", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for the HTTP output.</summary>
    public bool IsHttpOutput => Type.Equals("http", StringComparison.OrdinalIgnoreCase) && Direction.Equals("out", StringComparison.OrdinalIgnoreCase);

    internal static FunctionBinding Read(JsonObject json) =>
        new((string?)json["name"] ?? "", (string?)json["type"] ?? "", (string?)json["direction"] ?? "in", json);
}
