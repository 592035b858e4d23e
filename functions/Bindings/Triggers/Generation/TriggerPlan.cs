using Serverless.Components.Registry.Resources;

namespace Serverless.Functions.Bindings.Triggers.Generation;

/// <summary>What a package needs for its input bindings.</summary>
/// <param name="Functions">The function folders, in name order.</param>
/// <param name="Report">Lines for who publishes: each function with the app settings that it needs, and inputs without one.</param>
internal sealed record TriggerPlan(IReadOnlyList<GeneratedFunction> Functions, IReadOnlyList<string> Report)
{
    public bool HasQueues => Functions.Any(static function => function.TriggerType == TriggerNames.Queue);

    public bool HasServiceBus => Functions.Any(static function => function.TriggerType == TriggerNames.ServiceBus);

    /// <summary>Plans for these components.</summary>
    /// <exception cref="GenerationException">A component makes no trigger, or two share a name.</exception>
    public static TriggerPlan Make(IEnumerable<ComponentDefinition> components)
    {
        var functions = new Dictionary<string, GeneratedFunction>(StringComparer.OrdinalIgnoreCase);
        var groups = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var report = new List<string>();
        foreach (var source in components.Select(static definition => new TriggerSource(definition)))
        {
            if (TriggerTypes.Draft(source) is not { } draft)
            {
                continue;
            }

            if (draft.TriggerType is not null)
            {
                var function = Function(source, draft);
                if (!functions.TryAdd(function.Name, function))
                {
                    throw new GenerationException($"components '{functions[function.Name].Component}' and '{source.Name}' would share the function '{function.Name}': rename one");
                }

                report.Add($"{function.Name}: {draft.TriggerType} of component '{source.Name}', {string.Join(", ", draft.Members.Select(static member => $"{member.Key} {member.Value}"))}");
            }

            if (draft.UsesMinuteTimer)
            {
                functions.TryAdd(TriggerNames.MinuteTimer, GeneratedFunction.MinuteTimer);
            }

            if (draft.Remark is not null)
            {
                report.Add($"component '{source.Name}' ({source.Type}): {draft.Remark}");
            }

            report.AddRange(Settings(source, draft.Settings, groups).Except(report));
        }

        return new TriggerPlan([.. functions.Values.OrderBy(static function => function.Name, StringComparer.Ordinal)], report);
    }

    private static GeneratedFunction Function(TriggerSource source, TriggerDraft draft) => TriggerNames.Function(source.Name) is { } name
        ? new GeneratedFunction(name, source.Name, draft.TriggerType!, draft.Members)
        : throw new GenerationException($"component '{source.Name}': the name is too long for a function");

    private static IEnumerable<string> Settings(TriggerSource source, SettingGroup? group, Dictionary<string, string> groups)
    {
        if (group is null)
        {
            return [];
        }

        // A setting that both components name themselves is one on purpose.
        if (group.Name == SettingGroup.NameOf(source.Name) && !groups.TryAdd(group.Name, source.Name))
        {
            throw new GenerationException($"components '{groups[group.Name]}' and '{source.Name}' would share the app settings '{group.Name}': rename one");
        }

        return group.Settings.Select(static setting => $"  app setting {setting.Key} = {setting.Value}");
    }
}
