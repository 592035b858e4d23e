using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Serverless.Tests.Repository;

/// <summary>The rules of the code base that no analyzer checks.</summary>
public sealed partial class LayoutTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(SourceFile())!, "..", "..", ".."));

    /// <summary>Folder → project namespaces its files may use; the longest matching folder holds.</summary>
    private static readonly (string Folder, string[] Allowed)[] Dependencies =
    [
        ("functions/Program.cs", ["Serverless.Functions"]),
        ("functions/DaprApp", ["Serverless."]),
        ("functions/ApiSurface", ["Serverless."]),
        ("functions/Hosting", ["Serverless.Functions", "Serverless.Components"]),
        ("functions/Http", ["Serverless.Functions.Hosting", "Serverless.Functions.Http", "Serverless.Components.Registry"]),
        ("functions/Triggers", ["Serverless.Functions.Hosting", "Serverless.Functions.Http", "Serverless.Functions.Triggers", "Serverless.Components.Registry"]),
        ("functions/AppChannels", ["Serverless.Functions.Hosting", "Serverless.Functions.Http", "Serverless.Functions.AppChannels"]),
        ("functions/Bindings", ["Serverless.Functions.Hosting", "Serverless.Functions.Http", "Serverless.Functions.AppChannels", "Serverless.Functions.Triggers", "Serverless.Functions.Bindings", "Serverless.Components.Registry", "Serverless.Components.Bindings"]),
        ("functions/Bindings/AppReply", ["Serverless.Functions.Http", "Serverless.Functions.State"]),
        ("functions/Bindings/AppReplies", ["Serverless.Functions.Http", "Serverless.Functions.State", "Serverless.Components.Registry", "Serverless.Components.Bindings", "Serverless.Components.State"]),
        ("functions/Workflows/Triggers", ["Serverless.Functions.Hosting", "Serverless.Functions.Http", "Serverless.Functions.Triggers", "Serverless.Functions.Workflows", "Serverless.Components.Registry", "Serverless.Components.Workflows"]),
        ("functions/Workflows", ["Serverless.Functions.Hosting", "Serverless.Functions.Http", "Serverless.Functions.AppChannels", "Serverless.Functions.Workflows", "Serverless.Components.Registry", "Serverless.Components.Workflows", "Serverless.Components.State"]),
        ("functions/Samples", ["Serverless.Components.Workflows", "Serverless.Functions.Samples"]),
        ("functions/", ["Serverless.Functions.Hosting", "Serverless.Functions.Http", "Serverless.Components.Registry", "Serverless.Functions.{group}", "Serverless.Components.{group}"]),
        ("shared/Registry", ["Serverless.Components.Registry"]),
        ("shared/Bindings/Cron", ["Serverless.Components.Registry", "Serverless.Components.Clients", "Serverless.Components.Settings", "Serverless.Components.Leases", "Serverless.Components.Bindings.Cron"]),
        ("shared/Clients", ["Serverless.Components.Clients.{type}"]),
        ("shared/Clients/Azure", ["Serverless.Components.Clients.{type}", "Serverless.Components.Clients.AzureRest"]),
        ("shared/Clients/AzureIdentity", ["Serverless.Components.Clients.AzureIdentity"]),
        ("shared/Settings", ["Serverless.Components.Registry", "Serverless.Components.Clients", "Serverless.Components.Settings"]),
        ("shared/Workflows/History", ["Serverless.Components.Workflows.History"]),
        ("shared/Workflows/Engine", ["Serverless.Components.Workflows.History", "Serverless.Components.Workflows.Engine", "Serverless.Components.Workflows.Instances"]),
        ("shared/Workflows/Instances", []),
        ("shared/Workflows/Dispatch/", ["Serverless.Components.Registry", "Serverless.Components.Clients", "Serverless.Components.Settings", "Serverless.Components.Workflows.Dispatch"]),
        ("shared/Workflows/Storage/", ["Serverless.Components.Registry", "Serverless.Components.Clients", "Serverless.Components.Settings", "Serverless.Components.Workflows.Storage"]),
        ("shared/Workflows/DurableFunctions", ["Serverless.Components.Registry", "Serverless.Components.Clients", "Serverless.Components.Settings", "Serverless.Components.Workflows.Instances"]),
        ("shared/Workflows/Execution", ["Serverless.Components.Registry", "Serverless.Components.Workflows"]),
        ("shared/", ["Serverless.Components.Registry", "Serverless.Components.Clients", "Serverless.Components.Settings", "Serverless.Components.{group}"]),
    ];

    /// <summary>Files at an edge or around a background loop, which alone may catch everything.</summary>
    private static readonly string[] CatchAll =
    [
        "functions/DaprApp.cs",
        "functions/Http/RequestPipeline.cs",
        "shared/Clients/Redis/RedisConnection.Replies.cs",
        "shared/Clients/Redis/RedisConnection.cs",
        "shared/Clients/Sqlite/SqliteWriter.cs",
        "shared/Registry/ComponentRegistry.cs",
        "shared/Registry/Loading/ComponentLoader.cs",
        "shared/Registry/Loading/RetiringComponents.cs",
        "shared/State/ExpiryCleanup.cs",
        "shared/Workflows/Execution/ActivityRunner.cs",
        "shared/Workflows/Execution/TurnRunner.cs",
        "shared/Workflows/Execution/WorkPump.cs",
        "shared/Workflows/Execution/Worker.Session.cs",
        "shared/Workflows/Execution/Worker.Work.cs",
        "shared/Workflows/Execution/WorkflowRuntime.Host.cs",
        "shared/Workflows/Execution/WorkflowRuntime.cs",
        "shared/Workflows/Engine/ExecutionRun.Code.cs",
        "shared/Workflows/Engine/RunSynchronization.cs",
        "shared/Workflows/WorkflowFailure.cs",
    ];

    public static TheoryData<string> Files() => [.. ListFiles("functions").Concat(ListFiles("shared"))];

    public static TheoryData<string> TestFiles() => [.. ListFiles("tests")];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_Any_IsShortFlatAndNamedAfterItsOnlyType(string path)
    {
        var lines = File.ReadAllLines(Path.Combine(Root, path));
        var text = string.Join('\n', lines);
        Assert.InRange(lines.Length, 1, path == "functions/Program.cs" ? 60 : 400);
        Assert.DoesNotContain("#region", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(VagueName(), path);
        Assert.DoesNotMatch(UnnumberedTodo(), text);
        if (!path.EndsWith("Models.cs", StringComparison.Ordinal) && !path.EndsWith("Program.cs", StringComparison.Ordinal))
        {
            var type = Assert.Single(TopLevelType().Matches(text)).Groups[1].Value;
            Assert.Equal(type, Path.GetFileName(path).Split('.')[0]);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_Any_FollowsTheDependencyDirection(string path)
    {
        var (folder, allowed) = Dependencies.Where(rule => path.StartsWith(rule.Folder, StringComparison.Ordinal)).MaxBy(rule => rule.Folder.Length);
        var parts = path.Split('/');
        var isTable = path.EndsWith("Components.cs", StringComparison.Ordinal) && parts.Length == 3;
        foreach (Match match in ProjectUsing().Matches(File.ReadAllText(Path.Combine(Root, path))))
        {
            var used = match.Groups[1].Value;
            Assert.Contains(allowed, prefix =>
            {
                var concrete = prefix.Replace("{group}", parts[1], StringComparison.Ordinal).Replace("{type}", parts.Length > 3 ? parts[2] : "", StringComparison.Ordinal);
                return used == concrete || used.StartsWith(concrete.TrimEnd('.') + ".", StringComparison.Ordinal);
            });

            // A block's contract knows none of its types, and a type knows none of its siblings; only the table does.
            var ownType = parts.Length > 3 ? $"Serverless.Components.{parts[1]}.{parts[2]}" : null;
            if (folder == "shared/" && !isTable && used.StartsWith($"Serverless.Components.{parts[1]}.", StringComparison.Ordinal))
            {
                Assert.Equal(ownType, string.Join('.', used.Split('.').Take(4)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_Any_CatchesEverythingOnlyAtAnEdge(string path)
    {
        if (!CatchAll.Contains(path))
        {
            // Cleaning up and rethrowing swallows nothing.
            Assert.DoesNotContain(UnfilteredCatch().Matches(File.ReadAllText(Path.Combine(Root, path))), match => !match.Groups[1].Value.TrimEnd().EndsWith("throw;", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void ProtocolFile_Each_KnowsNoSocket()
    {
        var files = ListFiles("shared/Clients").Where(path => path.Contains("/Protocol/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, path => Assert.DoesNotContain("System.Net", File.ReadAllText(Path.Combine(Root, path)), StringComparison.Ordinal));
    }

    [Fact]
    public void WorkflowEngine_Each_IsPure()
    {
        var files = ListFiles("shared/Workflows/Engine").Concat(ListFiles("shared/Workflows/History")).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, path => Assert.DoesNotMatch(Impure(), File.ReadAllText(Path.Combine(Root, path))));
    }

    [Theory]
    [MemberData(nameof(TestFiles))]
    public void TestFile_Any_IsBounded(string path) => Assert.InRange(File.ReadAllLines(Path.Combine(Root, path)).Length, 1, 600);

    [Fact]
    public void ComponentType_EachFolder_StandsInItsBlocksTable()
    {
        foreach (var table in Directory.GetFiles(Path.Combine(Root, "shared"), "*Components.cs", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(table);
            var block = Path.GetDirectoryName(table)!;
            if (Path.GetFileName(table) != $"{Path.GetFileName(block).TrimEnd('s')}Components.cs" && Path.GetFileName(table) != $"{Path.GetFileName(block)}Components.cs")
            {
                continue;
            }

            // The types of workflows are the dispatchers; the folders around them are parts of the engine.
            var types = Path.GetFileName(block) == "Workflows" ? Path.Combine(block, "Dispatch") : block;
            foreach (var type in Directory.GetDirectories(types).Select(Path.GetFileName))
            {
                Assert.Contains($".{type};", text, StringComparison.Ordinal);
            }
        }
    }

    private static IEnumerable<string> ListFiles(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/node_modules/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static string SourceFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"(^|/)(Helpers?|Utils?|Utilities|Common|Misc|Managers?)(/|\.cs$)")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"TODO(?!\(#\d+\))")]
    private static partial Regex UnnumberedTodo();

    [GeneratedRegex(@"^(?:public |internal |file )?(?:static |sealed |abstract |readonly |partial |unsafe |ref )*(?:class|record struct|record class|record|struct|interface|enum|delegate [^(\n]+(?= \w+[<(])) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"^using (?:static )?(Serverless\.[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex ProjectUsing();

    [GeneratedRegex(@"Guid\.NewGuid|TimeProvider|Stopwatch|\bRandom\b|Task\.(Run|Delay)\(|ThreadPool|using System\.(IO|Net)")]
    private static partial Regex Impure();

    [GeneratedRegex(@"catch(?: \(Exception(?: \w+)?\))?\s*\n\s*\{([^}]*)\}")]
    private static partial Regex UnfilteredCatch();
}
