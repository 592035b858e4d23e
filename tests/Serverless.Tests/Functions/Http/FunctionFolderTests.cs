using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Serverless.Tests.Functions.Http;

/// <summary>The function folders as the Functions host will see them: it matches routes in the order of function names.</summary>
public sealed partial class FunctionFolderTests
{
    [Theory]
    [InlineData("v1.0/state/store/k", "State")]
    [InlineData("v1.0/state", "State")]
    [InlineData("v1.0-alpha1/state/store/query", "StateAlpha1")]
    [InlineData("v1.0/healthz", "Health")]
    [InlineData("v1.0/healthz/outbound", "Health")]
    [InlineData("healthz", "Healthz")]
    [InlineData("v1.0/metadata/k", "Metadata")]
    [InlineData("v1.0/secrets/store/k", "Secrets")]
    [InlineData("v1.0/secrets/store/bulk", "Secrets")]
    [InlineData("v1.0-alpha1/secrets/store/k", "zz-v1-alpha1")]
    [InlineData("v1.0/events/hook/secret", "Events")]
    [InlineData("v1.0/shutdown", "Shutdown")]
    [InlineData("v1.0/workflows/dapr", "Workflows")]
    [InlineData("v1.0/workflows/dapr/W/start", "Workflows")]
    [InlineData("v1.0-beta1/workflows/dapr/i/raiseEvent/e", "WorkflowsBeta1")]
    [InlineData("v1.0-alpha1/workflows/dapr/i", "WorkflowsAlpha1")]
    [InlineData("v1.0/invoke/a/method/b", "Invoke")]
    [InlineData("v1.0/unknown", "zz-v1")]
    [InlineData("v1.0", "zz-v1")]
    [InlineData("v1.0-alpha1/unknown", "zz-v1-alpha1")]
    [InlineData("v1.0-alpha2/unknown", "zz-v1-alpha2")]
    [InlineData("v1.0-beta1/unknown", "zz-v1-beta1")]
    [InlineData("State", null)]
    [InlineData("", null)]
    public void Route_FirstFunctionByName_Matches(string path, string? function)
    {
        var found = Functions().OrderBy(item => item.Name, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(item => Regex.IsMatch(path, "^" + Regex.Escape(item.Route).Replace(@"/\{\*path}", "(/.*)?", StringComparison.Ordinal) + "$", RegexOptions.IgnoreCase));
        Assert.Equal(function, found.Name);
    }

    [Fact]
    public void Folders_AreValidAndFlattenToDifferentNames()
    {
        var functions = Functions().ToList();
        Assert.All(functions, function => Assert.Matches(FunctionName(), function.Name));
        Assert.Equal(functions.Count, functions.Select(function => function.Name.ToUpperInvariant()).Distinct().Count());
        Assert.Equal(functions.Count, functions.Select(function => function.Route).Distinct().Count());
        Assert.DoesNotContain(functions, function => function.Route.StartsWith('{'));
    }

    [GeneratedRegex("^[a-z][a-z0-9_\\-]{0,127}$", RegexOptions.IgnoreCase)]
    private static partial Regex FunctionName();

    private static IEnumerable<(string Name, string Route)> Functions([CallerFilePath] string here = "")
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../../functions"));
        foreach (var file in Directory.EnumerateFiles(root, "function.json", SearchOption.AllDirectories))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var trigger = json.RootElement.GetProperty("bindings")[0];
            Assert.Equal("anonymous", trigger.GetProperty("authLevel").GetString());
            Assert.False(trigger.TryGetProperty("methods", out _));
            yield return (Path.GetFileName(Path.GetDirectoryName(file)!), trigger.GetProperty("route").GetString()!);
        }
    }
}
