namespace Serverless.IntegrationTests.Processes;

/// <summary>The user's project of the tests with workflows of its own (<c>tests/Serverless.WorkflowApp</c>), published once per test run.</summary>
internal static class PublishedWorkflowApp
{
    public const string ExecutableName = "Serverless.WorkflowApp";

    // Built together with the tests.
    private static readonly PublishedProject Project = new(static () =>
        PublishedProject.PublishAsync("tests/Serverless.WorkflowApp/Serverless.WorkflowApp.csproj", "publish-workflows", "--no-build"));

    /// <summary>The publish output, without components.</summary>
    public static Task<string> FolderAsync() => Project.FolderAsync();

    /// <summary>A private copy of the publish output.</summary>
    public static Task CopyToAsync(string destination) => Project.CopyToAsync(destination);
}
