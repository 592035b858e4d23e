using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>Finds and checks function folders as the Functions host does: direct children of the script root only.</summary>
internal static partial class FunctionScanner
{
    private static readonly string[] ReservedRoutes = ["admin", "runtime"];

    public static FunctionSet Scan(string scriptRoot)
    {
        var functions = new List<HostedFunction>();
        var errors = new List<string>();
        var warnings = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories(scriptRoot).Order(StringComparer.OrdinalIgnoreCase))
        {
            if (File.Exists(Path.Combine(folder, "function.json")))
            {
                Add(folder, functions, errors, warnings);
            }
        }

        return new FunctionSet(functions, errors, warnings);
    }

    private static void Add(string folder, List<HostedFunction> functions, List<string> errors, List<string> warnings)
    {
        var name = Path.GetFileName(folder);
        try
        {
            var function = Read(name, Path.Combine(folder, "function.json"));
            var complaint = Complaint(function) ?? RouteComplaint(function, functions);
            if (complaint is null)
            {
                functions.Add(function);
            }
            else
            {
                errors.Add($"{name}: {complaint}");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            errors.Add($"{name}: function.json: {exception.Message}");
        }

        var extra = Directory.EnumerateFiles(folder).Select(Path.GetFileName).Where(file => file != "function.json").ToList();
        if (extra.Count == 1)
        {
            warnings.Add($"{name}: {extra[0]} would be taken for the script file");
        }
    }

    private static HostedFunction Read(string name, string path)
    {
        var bindings = JsonNode.Parse(File.ReadAllText(path))?["bindings"] as JsonArray ?? [];
        return new HostedFunction(name, [.. bindings.OfType<JsonObject>().Select(FunctionBinding.Read)]);
    }

    private static string? Complaint(HostedFunction function)
    {
        if (!FunctionName().IsMatch(function.Name) || function.Name.Equals("host", StringComparison.OrdinalIgnoreCase))
        {
            return "the folder's name is no function name";
        }

        if (function.Bindings.FirstOrDefault(binding => !BindingName().IsMatch(binding.Name)) is { } badName)
        {
            return $"'{badName.Name}' is no binding name";
        }

        if (function.Bindings.Count(binding => binding.IsTrigger) != 1)
        {
            return "expected exactly one trigger";
        }

        return function.Trigger.IsHttpTrigger && !function.IsPassThrough
            ? "an HTTP function must have exactly one httpTrigger and one http output to be passed through"
            : null;
    }

    private static string? RouteComplaint(HostedFunction function, List<HostedFunction> others)
    {
        if (!function.Trigger.IsHttpTrigger)
        {
            return null;
        }

        if (ReservedRoutes.Any(reserved => function.Route.TrimStart('/').StartsWith(reserved, StringComparison.OrdinalIgnoreCase)))
        {
            return $"the route '{function.Route}' begins with a reserved word";
        }

        var rival = others.FirstOrDefault(other =>
            other.Trigger.IsHttpTrigger
            && other.Route.Equals(function.Route, StringComparison.OrdinalIgnoreCase)
            && (other.Methods.Count == 0 || function.Methods.Count == 0 || other.Methods.Intersect(function.Methods).Any()));
        return rival is null ? null : $"the route '{function.Route}' conflicts with the route defined by function '{rival.Name}'";
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_\-]{0,127}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FunctionName();

    [GeneratedRegex(@"^([a-zA-Z][a-zA-Z0-9]{0,127}|\$return)$", RegexOptions.CultureInvariant)]
    private static partial Regex BindingName();
}
