namespace Serverless.Functions.Triggers;

/// <summary>Names that the package and the running app must agree on.</summary>
internal static class TriggerNames
{
    public const string Queue = "queueTrigger";

    public const string ServiceBus = "serviceBusTrigger";

    public const string Timer = "timerTrigger";

    /// <summary>Begins the name of a component's own function.</summary>
    public const string Prefix = "binding-";

    /// <summary>The function of all schedules that no timer trigger can express.</summary>
    public const string MinuteTimer = "cron-minute";

    /// <summary>The function that doorbells of turns, timers and messages of workflows trigger.</summary>
    public const string WorkflowTurns = "workflow-turns";

    /// <summary>The function that doorbells of activities trigger.</summary>
    public const string WorkflowActivities = "workflow-activities";

    /// <summary>The timer that looks after workflows each minute.</summary>
    public const string WorkflowSweep = "workflow-sweep";

    /// <summary>Member of function.json that marks what this app has generated; the Functions SDK for .NET writes one of that name too.</summary>
    public const string GeneratedBy = "generatedBy";

    /// <summary>Value of <see cref="GeneratedBy"/>.</summary>
    public const string Generator = "Serverless Dapr";

    /// <summary>Member of function.json that names the component.</summary>
    public const string Component = "component";

    private const int Longest = 128;

    /// <summary>The function of a component: its name in lower case, with a dash for what the host allows in no name; null when it is too long.</summary>
    public static string? Function(string component)
    {
        var name = Prefix + string.Concat(component.Select(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? char.ToLowerInvariant(character) : '-'));
        return name.Length <= Longest ? name : null;
    }
}
