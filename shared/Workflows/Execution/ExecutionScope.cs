using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>What all parts of a runtime share.</summary>
internal sealed class ExecutionScope
{
    public ExecutionScope(WorkflowRuntimeOptions options, IWorkflowStore store)
    {
        (Options, Store) = (options, store);
        Logger = options.Context.Host.LoggerFactory.CreateLogger("workflow");
        Trouble = new StoreTrouble(Logger, options.Context.Name);
        Turns = new ConcurrencyGate(() => new ConcurrencyLimits(TurnLimit, Settings.WorkflowLimits));
        Activities = new ConcurrencyGate(() => new ConcurrencyLimits(ActivityLimit, Settings.ActivityLimits));
    }

    public WorkflowRuntimeOptions Options { get; }

    public IWorkflowStore Store { get; }

    public ILogger Logger { get; }

    public StoreTrouble Trouble { get; }

    public TimeProvider Time => Options.Context.Host.Time;

    public DateTimeOffset Now => Time.GetUtcNow();

    public WorkflowCatalog Catalog => Options.Catalog;

    public IWorkflowDispatcher? Dispatcher => Options.Dispatcher;

    public WorkflowConfiguration Settings => Options.Settings();

    /// <summary>Instances between turns; 64 MiB is a fraction of the smallest plan's memory.</summary>
    public ExecutionCache Cache { get; } = new(20_000, 64 * 1024 * 1024);

    /// <summary>Who may run a turn.</summary>
    public ConcurrencyGate Turns { get; }

    /// <summary>Who may run an activity.</summary>
    public ConcurrencyGate Activities { get; }

    /// <summary>Most turns at a time: a turn is short and ends with a commit, and stores commit many together.</summary>
    public int TurnLimit => Settings.MaxWorkflows ?? 512;

    /// <summary>Most activities at a time.</summary>
    public int ActivityLimit => Settings.MaxActivities ?? 1000;
}
