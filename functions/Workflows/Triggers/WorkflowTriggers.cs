using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Functions.Triggers;

namespace Serverless.Functions.Workflows.Triggers;

/// <summary>The workflows of a process behind the Functions host.</summary>
internal static class WorkflowTriggers
{
    private const int UsualDeliveries = 5;

    /// <summary>Takes their functions of the package.</summary>
    /// <param name="package">The generated functions.</param>
    /// <param name="registry">The components.</param>
    /// <param name="appId">This app.</param>
    /// <param name="engines">Where the engine is.</param>
    /// <param name="host">host.json, read when it is needed.</param>
    /// <param name="logger">Where troubles are told.</param>
    public static TriggerSet Create(IEnumerable<TriggerFunction> package, ComponentRegistry registry, string appId, WorkflowHost engines, Lazy<HostFile> host, ILogger logger)
    {
        TriggerFunction[] functions = [.. package.Where(static function => function.Name is TriggerNames.WorkflowTurns or TriggerNames.WorkflowActivities or TriggerNames.WorkflowSweep)];
        var status = new TriggerStatus(registry, "workflow dispatcher", live => Gap(live, functions), logger);
        if (functions.Length == 0)
        {
            return new TriggerSet(new Dictionary<TriggerFunction, TriggerHandler>(), status);
        }

        var patience = new TriggerPatience(status.Waits, HostTimeout.Deadline(host.Value), TimeProvider.System);
        var most = host.Value.Number("extensions", "queues", "maxDequeueCount") ?? UsualDeliveries;
        var invocations = new WorkflowInvocations(appId, token => FindAsync(engines, token), patience, most, TimeProvider.System, logger);
        return new TriggerSet(functions.ToDictionary(static function => function, HandlerOf), status);

        TriggerHandler HandlerOf(TriggerFunction function) => function.Name == TriggerNames.WorkflowSweep
            ? (_, aborted) => invocations.SweepAsync(function.Component!, aborted)
            : (payload, aborted) => invocations.AnswerAsync(function.Component!, payload, aborted);
    }

    private static async ValueTask<(TriggeredEngine? Engine, string? Missing)> FindAsync(WorkflowHost engines, CancellationToken cancellationToken)
    {
        if (!engines.HasWorkflows)
        {
            return (null, "the app has no workflows");
        }

        var (runtime, missing) = await engines.FindRuntimeAsync(cancellationToken);
        return runtime is null
            ? (null, missing.Fault ?? "the process stops")
            : (new TriggeredEngine { Answer = runtime.AnswerAsync, Fail = runtime.FailAsync, Sweep = runtime.SweepAsync }, null);
    }

    private static string? Gap(LiveComponent live, IReadOnlyList<TriggerFunction> functions)
    {
        if (live.Instance is not IWorkflowDispatcher dispatcher)
        {
            return null;
        }

        var own = functions.Where(function => function.Component == live.Definition.Key.Name).ToDictionary(static function => function.Name);
        return Gap(own.GetValueOrDefault(TriggerNames.WorkflowTurns), dispatcher.TurnsQueue) ?? Gap(own.GetValueOrDefault(TriggerNames.WorkflowActivities), dispatcher.ActivitiesQueue);
    }

    private static string? Gap(TriggerFunction? function, string queue) =>
        function is null ? "the package has no triggers for it: workflows stand still until the app is published with the component"
        : !function.Fits(new Dictionary<string, string> { ["queueName"] = queue }) ? function.Mismatch
        : null;
}
