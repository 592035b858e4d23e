namespace Serverless.IntegrationTests.Processes;

/// <summary>The user's project of the tests with workflows of its own (<c>tests/Serverless.WorkflowApp</c>), published once per test run.</summary>
internal static class PublishedWorkflowApp
{
    public const string ExecutableName = "Serverless.WorkflowApp";

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static string? _folder;

    /// <summary>The publish output, without components.</summary>
    public static async Task<string> FolderAsync()
    {
        await Gate.WaitAsync();
        try
        {
            return _folder ??= await PublishAsync();
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A private copy of the publish output.</summary>
    public static async Task CopyToAsync(string destination)
    {
        var source = await FolderAsync();
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(destination, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    // Built together with the tests.
    private static async Task<string> PublishAsync()
    {
        var output = Path.Combine(TestEnvironment.RepositoryRoot, "artifacts", "publish-workflows");
        await using var publish = ChildProcess.Start(
            "dotnet",
            ["publish", "tests/Serverless.WorkflowApp/Serverless.WorkflowApp.csproj", "-c", "Release", "--no-build", "-o", output, "--nologo"],
            new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1" },
            TestEnvironment.RepositoryRoot);
        var exitCode = await publish.WaitForExitAsync(CancellationToken.None);
        return exitCode == 0 ? output : throw new InvalidOperationException($"dotnet publish ended with {exitCode}:\n{publish.Output.Text}");
    }
}
