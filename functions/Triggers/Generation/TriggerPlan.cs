using Serverless.Components.Registry.Resources;

namespace Serverless.Functions.Triggers.Generation;

/// <summary>What a package needs for its components.</summary>
/// <param name="Functions">The function folders, in name order.</param>
/// <param name="Report">Lines for who publishes: each function with the app settings that it needs, and inputs without one.</param>
internal sealed record TriggerPlan(IReadOnlyList<GeneratedFunction> Functions, IReadOnlyList<string> Report)
{
    public bool HasQueues => Functions.Any(static function => function.TriggerType == TriggerNames.Queue);

    public bool HasServiceBus => Functions.Any(static function => function.TriggerType == TriggerNames.ServiceBus);

    /// <summary>Plans for these components.</summary>
    /// <param name="components">The package's components.</param>
    /// <param name="drafts">What each group of components asks for; null for a component that is not of the group, or needs nothing.</param>
    /// <exception cref="GenerationException">A component makes no trigger, or two share a name.</exception>
    public static TriggerPlan Make(IEnumerable<ComponentDefinition> components, IReadOnlyList<Func<TriggerSource, TriggerDraft?>> drafts)
    {
        var functions = new Dictionary<string, GeneratedFunction>(StringComparer.OrdinalIgnoreCase);
        var groups = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var report = new List<string>();
        foreach (var source in components.Select(static definition => new TriggerSource(definition)))
        {
            foreach (var draft in drafts.Select(draft => draft(source)).OfType<TriggerDraft>())
            {
                report.AddRange(draft.Functions.Select(function => Add(functions, source, function)).OfType<string>());
                if (draft.Remark is not null)
                {
                    report.Add($"component '{source.Name}' ({source.Type}): {draft.Remark}");
                }

                report.AddRange(draft.Settings.SelectMany(group => Settings(source, group, groups)).Except(report));
            }
        }

        return new TriggerPlan([.. functions.Values.OrderBy(static function => function.Name, StringComparer.Ordinal)], report);
    }

    // Gives the line about it; a shared one is told by who asks for it.
    private static string? Add(Dictionary<string, GeneratedFunction> functions, TriggerSource source, GeneratedFunction function)
    {
        if (!functions.TryAdd(function.Name, function) && function.Component is not null)
        {
            var way = function.Name.StartsWith(TriggerNames.Prefix, StringComparison.Ordinal) ? "rename one" : "an app has only one of them";
            throw new GenerationException($"components '{functions[function.Name].Component}' and '{source.Name}' would share the function '{function.Name}': {way}");
        }

        return function.Component is null ? null
            : $"{function.Name}: {function.TriggerType} of component '{source.Name}', {string.Join(", ", function.Members.Select(static member => $"{member.Key} {member.Value}"))}";
    }

    private static IEnumerable<string> Settings(TriggerSource source, SettingGroup group, Dictionary<string, string> groups)
    {
        // A setting that both components name themselves is one on purpose.
        if (group.Name == source.OwnSettings && !groups.TryAdd(group.Name, source.Name))
        {
            throw new GenerationException($"components '{groups[group.Name]}' and '{source.Name}' would share the app settings '{group.Name}': rename one");
        }

        return group.Settings.Select(static setting => $"  app setting {setting.Key} = {setting.Value}");
    }
}
