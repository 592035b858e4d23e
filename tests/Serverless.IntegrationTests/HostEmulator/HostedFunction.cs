namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>A function folder.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Bindings">The bindings of its function.json.</param>
public sealed record HostedFunction(string Name, IReadOnlyList<FunctionBinding> Bindings)
{
    /// <summary>The binding that starts it.</summary>
    public FunctionBinding Trigger => Bindings.First(binding => binding.IsTrigger);

    /// <summary>True when the host hands HTTP requests through untouched: one HTTP trigger, one HTTP output, nothing else.</summary>
    public bool IsPassThrough => Bindings.Count == 2 && Bindings.Any(binding => binding.IsHttpTrigger) && Bindings.Any(binding => binding.IsHttpOutput);

    /// <summary>The route template of an HTTP function, without prefix; the host's default is the function's name.</summary>
    public string Route => (string?)Trigger.Json["route"] ?? Name;

    /// <summary>The methods of an HTTP function; empty means all.</summary>
    public IReadOnlyList<string> Methods =>
        Trigger.Json["methods"] is System.Text.Json.Nodes.JsonArray methods ? [.. methods.Select(method => ((string)method!).ToUpperInvariant())] : [];

    /// <summary><c>authLevel</c>; the host's default is <c>function</c>.</summary>
    public string AuthLevel => (string?)Trigger.Json["authLevel"] ?? "function";
}
