namespace Serverless.Functions.Bindings.Triggers.Generation;

/// <summary>The app settings that the deployment must give a trigger.</summary>
/// <param name="Name">What function.json names as <c>connection</c>: an app setting, or the beginning of several.</param>
/// <param name="Settings">App settings and their values, or in angle brackets what the value must be.</param>
/// <remarks>Functions docs: develop/functions-reference, Connections. A secret of the component never becomes part of the package.</remarks>
internal sealed record SettingGroup(string Name, IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>What every timer trigger needs, without naming it.</summary>
    /// <remarks>Functions docs: functions-bindings-timer, "Timer trigger storage".</remarks>
    public static SettingGroup OfTimers { get; } = OfConnectionString("AzureWebJobsStorage", "storage account where the host remembers its timers");

    /// <summary>The group of a component's own: <c>BINDING_</c> and the name in capitals, so that it meets no other variable.</summary>
    public static string NameOf(string component) =>
        "BINDING_" + string.Concat(component.Select(static character => char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_'));

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

    /// <summary>The same, and one setting more.</summary>
    public SettingGroup With(string name, string value) => this with { Settings = [.. Settings, new(name, value)] };
}
