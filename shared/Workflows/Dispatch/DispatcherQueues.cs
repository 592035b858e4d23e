using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Dispatch;

/// <summary>The two queues of a dispatcher: metadata <c>turnsQueue</c> and <c>activitiesQueue</c>.</summary>
internal static class DispatcherQueues
{
    /// <summary>Reads their names; faults go to the binder.</summary>
    /// <param name="binder">The metadata.</param>
    /// <param name="fault">What is expected of a name, or null when it can be used.</param>
    public static (string Turns, string Activities) Read(MetadataBinder binder, Func<string, string?> fault)
    {
        var turns = ReadName("turnsQueue", "workflow-turns");
        var activities = ReadName("activitiesQueue", "workflow-activities");
        if (turns == activities)
        {
            binder.Fault("activitiesQueue", "another queue than turnsQueue");
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
