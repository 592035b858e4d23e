using Serverless.Components.Registry.Resources;
using Serverless.Components.Workflows.Execution;

namespace Serverless.Functions.Workflows;

/// <summary>Turns what the Configuration says into the engine's settings, anew only when it says something else.</summary>
internal sealed class SettingsReader
{
    private Read _last = new(null, new WorkflowSettings());

    public WorkflowSettings Of(WorkflowConfiguration? configuration)
    {
        var last = Volatile.Read(ref _last);
        if (!ReferenceEquals(last.Configuration, configuration))
        {
            last = new Read(configuration, configuration is null ? new WorkflowSettings() : Create(configuration));
            Volatile.Write(ref _last, last);
        }

        return last.Settings;
    }

    private static WorkflowSettings Create(WorkflowConfiguration configuration) => new()
    {
        MaxConcurrentWorkflowInvocations = configuration.MaxWorkflows ?? 0,
        MaxConcurrentActivityInvocations = configuration.MaxActivities ?? 0,
        GlobalMaxConcurrentWorkflowInvocations = configuration.GlobalMaxWorkflows ?? 0,
        GlobalMaxConcurrentActivityInvocations = configuration.GlobalMaxActivities ?? 0,
        WorkflowConcurrencyLimits = configuration.WorkflowLimits,
        ActivityConcurrencyLimits = configuration.ActivityLimits,
        Retention = new WorkflowRetention
        {
            AnyTerminal = configuration.KeepEnded,
            Completed = configuration.KeepCompleted,
            Failed = configuration.KeepFailed,
            Terminated = configuration.KeepTerminated,
        },
    };

    private sealed record Read(WorkflowConfiguration? Configuration, WorkflowSettings Settings);
}
