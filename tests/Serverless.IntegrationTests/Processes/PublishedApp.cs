namespace Serverless.IntegrationTests.Processes;

/// <summary>The app as it is deployed: published once per test run, or given by <c>SERVERLESS_DAPR_APP</c>.</summary>
internal static class PublishedApp
{
    public const string ExecutableName = "Serverless.Functions";

    private static readonly PublishedProject Project = new(static () => TestEnvironment.PublishedApp is { } given
        ? Task.FromResult(Path.GetFullPath(given))
        : PublishedProject.PublishAsync("functions/Serverless.Functions.csproj", "publish-test"));

    /// <summary>The publish output.</summary>
    public static Task<string> FolderAsync() => Project.FolderAsync();

    /// <summary>A private copy of the publish output.</summary>
    public static Task CopyToAsync(string destination) => Project.CopyToAsync(destination);
}
