using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Dispatch;

/// <summary>The two queues of a dispatcher: metadata <c>turnsQueue</c> and <c>activitiesQueue</c>.</summary>
public static class DispatcherQueues
{
    /// <summary>The usual queue of doorbells of turns, timers and messages.</summary>
    public const string Turns = "workflow-turns";

    /// <summary>The usual queue of doorbells of activities.</summary>
    public const string Activities = "workflow-activities";

    /// <summary>The item that names another queue of turns.</summary>
    public const string TurnsItem = "turnsQueue";

    /// <summary>The item that names another queue of activities.</summary>
    public const string ActivitiesItem = "activitiesQueue";

    /// <summary>Reads their names; faults go to the binder.</summary>
    /// <param name="binder">The metadata.</param>
    /// <param name="fault">What is expected of a name, or null when it can be used.</param>
    internal static (string Turns, string Activities) Read(MetadataBinder binder, Func<string, string?> fault)
    {
        var turns = ReadName(TurnsItem, Turns);
        var activities = ReadName(ActivitiesItem, Activities);
        if (turns == activities)
        {
            binder.Fault(ActivitiesItem, $"another queue than {TurnsItem}");
        }

        return (turns, activities);

        string ReadName(string item, string fallback)
        {
            var name = binder.Text(item) ?? fallback;
            if (fault(name) is { } expected)
            {
                binder.Fault(item, expected);
            }

            return name;
        }
    }
}
