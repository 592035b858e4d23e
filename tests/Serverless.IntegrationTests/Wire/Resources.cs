namespace Serverless.IntegrationTests.Wire;

/// <summary>Component YAML that several tests load.</summary>
internal static class Resources
{
    /// <summary>A component with metadata items given as name and value.</summary>
    public static string Component(string name, string type, params (string Name, string Value)[] metadata) =>
        $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: {name}
        spec:
          type: {type}
          version: v1
          metadata:{(metadata.Length == 0 ? " []" : "")}
        {string.Join('\n', metadata.Select(item => $"  - name: {item.Name}\n    value: \"{item.Value}\""))}
        """;

    public static string InMemoryStore(string name, params (string Name, string Value)[] metadata) => Component(name, "state.in-memory", metadata);
}
