namespace Serverless.IntegrationTests.Processes;

/// <summary>A project's publish output, made once per test run.</summary>
/// <param name="publish">Makes it; gives its folder.</param>
internal sealed class PublishedProject(Func<Task<string>> publish)
{
    private readonly Lock _gate = new();
    private Task<string>? _folder;

    /// <summary>The publish output.</summary>
    public Task<string> FolderAsync()
    {
        lock (_gate)
        {
            return _folder ??= publish();
        }
    }

    /// <summary>A private copy of the publish output.</summary>
    public async Task CopyToAsync(string destination)
    {
        var source = await FolderAsync();
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(destination, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Runs <c>dotnet publish</c> into a folder of the artifacts; gives the folder.</summary>
    /// <param name="project">The project file, from the repository's root.</param>
    /// <param name="folder">The folder's name.</param>
    /// <param name="options">Further options.</param>
    public static async Task<string> PublishAsync(string project, string folder, params string[] options)
    {
        var output = Path.Combine(TestEnvironment.RepositoryRoot, "artifacts", folder);
        await using var publish = ChildProcess.Start(
            "dotnet",
            ["publish", project, "-c", "Release", .. options, "-o", output, "--nologo"],
            new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1" },
            TestEnvironment.RepositoryRoot);
        var exitCode = await publish.WaitForExitAsync(CancellationToken.None);
        return exitCode == 0 ? output : throw new InvalidOperationException($"dotnet publish ended with {exitCode}:\n{publish.Output.Text}");
    }
}
