using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Workflows.Dispatch;

namespace Serverless.Components.Workflows.Execution;

/// <summary>What a <see cref="WorkflowRuntime"/> is made of.</summary>
public sealed record WorkflowRuntimeOptions
{
    /// <summary>The component that keeps the state of actors, in whose place workflows are kept.</summary>
    public required ComponentContext Context { get; init; }

    /// <summary>The app whose workflows they are.</summary>
    public required string AppId { get; init; }

    /// <summary>The workflows and activities of this process.</summary>
    public required WorkflowCatalog Catalog { get; init; }

    /// <summary>Limits and retention; asked each time, so that a changed Configuration counts at once.</summary>
    public Func<WorkflowConfiguration> Settings { get; init; } = static () => WorkflowConfiguration.Empty;

    /// <summary>Tells other processes of new work; null when each looks for it in the store.</summary>
    public IWorkflowDispatcher? Dispatcher { get; init; }

    /// <summary>Calls activities of the app; null when there is no app.</summary>
    public Func<RemoteActivityCall, CancellationToken, ValueTask<RemoteActivityResult>>? Remote { get; init; }

    /// <summary>False for a process that only starts and manages instances, which another one runs.</summary>
    public bool RunsWork { get; init; } = true;

    /// <summary>How often a session is kept alive; it counts as dead after three times as long.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);
}
