using System.Text.Json.Nodes;
using Serverless.Backends.Processes;
using Serverless.Functions;
using Serverless.Functions.Triggers.Generation;

namespace Serverless.Tests.Functions.Triggers;

/// <summary>A folder like a publish output, on which <c>generate</c> runs in this process.</summary>
internal sealed class GeneratedPackage : IDisposable
{
    private readonly TempFolder _folder = new();

    public GeneratedPackage() => _folder.Write("host.json", """
        { "version": "2.0", "functionTimeout": "00:10:00", "extensions": { "http": { "routePrefix": "" } }, "customHandler": { "description": { "defaultExecutablePath": "Mine" } } }
        """);

    public string Root => _folder.Root;

    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    /// <summary>Its function folders, with their only binding.</summary>
    public IReadOnlyDictionary<string, JsonObject> Functions => Directory.EnumerateDirectories(Root)
        .Where(folder => File.Exists(Path.Combine(folder, "function.json")))
        .ToDictionary(folder => Path.GetFileName(folder), folder => (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "function.json")))!);

    public JsonNode Host => JsonNode.Parse(File.ReadAllText(_folder.At("host.json")))!;

    /// <summary>A component's YAML; a value <c>env:X</c> is an envRef, <c>secret:X</c> a secretKeyRef.</summary>
    public static string Component(string name, string type, params (string Name, string Value)[] items) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n  metadata:\n"
        + string.Concat(items.Select(static item => $"  - name: {item.Name}\n" + item.Value.Split(':', 2) switch
        {
            ["env", var variable] => $"    envRef: {variable}\n",
            ["secret", var secret] => $"    secretKeyRef: {{ name: {secret}, key: {secret} }}\n",
            _ => $"    value: '{item.Value}'\n",
        }));

    public static string Queue(string name, string queue = "q") =>
        Component(name, "bindings.azure.storagequeues", ("connectionString", "env:STORAGE"), ("queueName", queue));

    public GeneratedPackage With(string file, string text)
    {
        _folder.Write(file, text);
        return this;
    }

    public GeneratedPackage Without(string file)
    {
        File.Delete(_folder.At(file));
        return this;
    }

    public async Task<int> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var exitCode = await GenerateCommand.RunAsync(args.Length > 0 ? args : ["--output", Root], ApiSurface.TriggerDrafts, output, errors);
        (Output, Errors) = (output.ToString(), errors.ToString());
        return exitCode;
    }

    public void Dispose() => _folder.Dispose();
}
