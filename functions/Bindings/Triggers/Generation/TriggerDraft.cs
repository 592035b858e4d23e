namespace Serverless.Functions.Bindings.Triggers.Generation;

/// <summary>What a component type asks of the Functions host: a trigger of its own, or a remark why there is none.</summary>
internal sealed record TriggerDraft
{
    /// <summary>The trigger's type, such as <c>queueTrigger</c>; null for none.</summary>
    public string? TriggerType { get; private init; }

    /// <summary>Further members of the trigger, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Members { get; private init; } = [];

    /// <summary>The settings to deploy, or null.</summary>
    public SettingGroup? Settings { get; private init; }

    /// <summary>Whether the one shared minute timer serves the component.</summary>
    public bool UsesMinuteTimer { get; private init; }

    /// <summary>What to tell who publishes, or null.</summary>
    public string? Remark { get; init; }

    public static TriggerDraft Queue(string type, string queue, SettingGroup connection) => new()
    {
        TriggerType = type,
        Members = [new("queueName", queue), new("connection", connection.Name), new("dataType", "binary")],
        Settings = queue is ['%', .. var variable, '%'] ? connection.With(variable, "<name of the queue>") : connection,
    };

    public static TriggerDraft Timer(string schedule) => new() { TriggerType = TriggerNames.Timer, Members = [new("schedule", schedule)], Settings = SettingGroup.OfTimers };

    public static TriggerDraft MinuteTimer(string remark) => new() { UsesMinuteTimer = true, Remark = remark, Settings = SettingGroup.OfTimers };

    public static TriggerDraft None(string remark) => new() { Remark = remark };
}
