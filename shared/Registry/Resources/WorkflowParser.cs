using System.Globalization;

namespace Serverless.Components.Registry.Resources;

/// <summary>Reads <c>spec.workflow</c> of a Configuration.</summary>
/// <remarks>Dapr docs: reference/resource-specs/configuration-schema, developing-applications/building-blocks/workflow (history retention).</remarks>
internal static class WorkflowParser
{
    /// <exception cref="ComponentException">A member has the wrong form.</exception>
    public static WorkflowConfiguration? Parse(YamlNode? workflow)
    {
        if (workflow is null)
        {
            return null;
        }

        var retention = workflow["stateRetentionPolicy"];
        return new WorkflowConfiguration
        {
            MaxWorkflows = Limit(workflow, "maxConcurrentWorkflowInvocations"),
            MaxActivities = Limit(workflow, "maxConcurrentActivityInvocations"),
            GlobalMaxWorkflows = Limit(workflow, "globalMaxConcurrentWorkflowInvocations"),
            GlobalMaxActivities = Limit(workflow, "globalMaxConcurrentActivityInvocations"),
            WorkflowLimits = Limits(workflow, "workflowConcurrencyLimits"),
            ActivityLimits = Limits(workflow, "activityConcurrencyLimits"),
            KeepEnded = Duration(retention, "anyTerminal"),
            KeepCompleted = Duration(retention, "completed"),
            KeepFailed = Duration(retention, "failed"),
            KeepTerminated = Duration(retention, "terminated"),
        };
    }

    private static int? Limit(YamlNode node, string name) => node.TextOf(name) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) => limit > 0 ? limit : null,
        _ => throw new ComponentException($"workflow: '{name}' must be a whole number"),
    };

    private static Dictionary<string, int> Limits(YamlNode workflow, string list)
    {
        var limits = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in workflow.ItemsOf(list))
        {
            var name = item.TextOf("name") is { Length: > 0 } given ? given : throw new ComponentException($"workflow: an item of '{list}' needs a name");
            if (!names.Add(name))
            {
                throw new ComponentException($"workflow: '{list}' names '{name}' twice");
            }

            if (Limit(item, "maxConcurrent") is { } limit)
            {
                limits.Add(name, limit);
            }
        }

        return limits;
    }

    private static TimeSpan? Duration(YamlNode? retention, string name) => retention?.TextOf(name) switch
    {
        null => null,
        var text when DaprText.TryParseDuration(text, TimeSpan.FromSeconds(1), out var duration) && duration >= TimeSpan.Zero => duration,
        _ => throw new ComponentException($"workflow.stateRetentionPolicy: '{name}' must be a duration such as 72h or 0s"),
    };
}
