namespace Serverless.Components.Workflows;

/// <summary>How an activity is run.</summary>
/// <param name="Factory">Makes one for a call; null for a remote one.</param>
/// <param name="RemotePath">The path of the app's endpoint; null for one that runs here.</param>
internal sealed record RegisteredActivity(Func<WorkflowActivity>? Factory, string? RemotePath)
{
    /// <summary>The failure of a call to an activity of an unknown name.</summary>
    public static WorkflowFailure NotFound(string name) => new("ActivityTaskNotFound", $"No activity task named '{name}' was found.") { IsNonRetriable = true };

    /// <summary>Runs an activity that runs here.</summary>
    /// <exception cref="InvalidOperationException">It is a remote one.</exception>
    public Task<string?> RunAsync(WorkflowCatalog catalog, WorkflowActivityContext context, string? input) => Factory is null
        ? throw new InvalidOperationException($"the activity '{context.Name}' is a remote one")
        : Factory().RunTextAsync(context, catalog.Json, input);
}
