namespace Serverless.IntegrationTests.Processes;

/// <summary>The app as it is deployed: published once per test run, or given by <c>SERVERLESS_DAPR_APP</c>.</summary>
internal static class PublishedApp
{
    public const string ExecutableName = "Serverless.Functions";

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static string? _folder;

    /// <summary>The publish output.</summary>
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

    private static async Task<string> PublishAsync()
    {
        if (TestEnvironment.PublishedApp is { } given)
        {
            return Path.GetFullPath(given);
        }

        var output = Path.Combine(TestEnvironment.RepositoryRoot, "artifacts", "publish-test");
        await using var publish = ChildProcess.Start(
            "dotnet",
            ["publish", "functions/Serverless.Functions.csproj", "-c", "Release", "-o", output, "--nologo"],
            new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1" },
            TestEnvironment.RepositoryRoot);
        var exitCode = await publish.WaitForExitAsync(CancellationToken.None);
        return exitCode == 0 ? output : throw new InvalidOperationException($"dotnet publish ended with {exitCode}:\n{publish.Output.Text}");
    }
}
