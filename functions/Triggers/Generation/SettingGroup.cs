namespace Serverless.Functions.Triggers.Generation;

/// <summary>The app settings that the deployment must give a trigger.</summary>
/// <param name="Name">What function.json names as <c>connection</c>: an app setting, or the beginning of several.</param>
/// <param name="Settings">App settings and their values, or in angle brackets what the value must be.</param>
/// <remarks>Functions docs: develop/functions-reference, Connections. A secret of the component never becomes part of the package.</remarks>
internal sealed record SettingGroup(string Name, IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>What every timer trigger needs, without naming it.</summary>
    /// <remarks>Functions docs: functions-bindings-timer, "Timer trigger storage".</remarks>
    public static SettingGroup OfTimers { get; } = OfConnectionString("AzureWebJobsStorage", "storage account where the host remembers its timers");

    /// <summary>One setting that holds a connection string.</summary>
    public static SettingGroup OfConnectionString(string name, string whose) => new(name, [new(name, $"<connection string of the {whose}>")]);

    /// <summary>Settings for a managed identity.</summary>
    public static SettingGroup OfIdentity(string name, string member, string address, string? clientId)
    {
        List<KeyValuePair<string, string>> settings = [new($"{name}__{member}", address), new($"{name}__credential", "managedidentity")];
        if (clientId is not null)
        {
            settings.Add(new($"{name}__clientId", clientId));
        }

        return new SettingGroup(name, settings);
    }

    /// <summary>The same, and the setting <c>X</c> where a queue's name is <c>%X%</c>.</summary>
    public SettingGroup WithQueue(string queue) => queue is ['%', .. var variable, '%'] ? this with { Settings = [.. Settings, new(variable, "<name of the queue>")] } : this;
}
