namespace Serverless.Functions.Triggers.Generation;

/// <summary>What a component asks of the Functions host: functions, or a remark why there are none.</summary>
internal sealed record TriggerDraft
{
    /// <summary>The functions; one without a component is shared by all that ask for it.</summary>
    public IReadOnlyList<GeneratedFunction> Functions { get; init; } = [];

    /// <summary>The settings to deploy.</summary>
    public IReadOnlyList<SettingGroup> Settings { get; init; } = [];

    /// <summary>What to tell who publishes, or null.</summary>
    public string? Remark { get; init; }

    public static TriggerDraft None(string remark) => new() { Remark = remark };
}
