using Serverless.Components.Workflows.Dispatch;
using Serverless.Functions.Triggers;
using Serverless.Functions.Triggers.Generation;

namespace Serverless.Functions.Workflows.Triggers.Generation;

/// <summary>The functions of workflows: those of the two queues of a dispatcher, and the timer that sweeps.</summary>
internal static class WorkflowTriggerTypes
{
    /// <summary>What the component asks for; null when it is no dispatcher.</summary>
    /// <exception cref="GenerationException">The component's items don't make triggers.</exception>
    public static TriggerDraft? Draft(TriggerSource source) => source.Type switch
    {
        "workflow.dispatcher.azure.servicebusqueues" => Draft(source, TriggerNames.ServiceBus, ServiceBusConnection.Of(source)),
        "workflow.dispatcher.azure.storagequeues" => Draft(source, TriggerNames.Queue, StorageQueueConnection.Of(source)),
        _ => null,
    };

    private static TriggerDraft Draft(TriggerSource source, string type, SettingGroup connection)
    {
        var turns = Queue(source, DispatcherQueues.TurnsItem, DispatcherQueues.Turns);
        var activities = Queue(source, DispatcherQueues.ActivitiesItem, DispatcherQueues.Activities);
        return turns == activities ? throw source.Fault(DispatcherQueues.ActivitiesItem, $"names the queue of {DispatcherQueues.TurnsItem}") : new TriggerDraft
        {
            Functions =
            [
                GeneratedFunction.Queue(TriggerNames.WorkflowTurns, source.Name, type, turns, connection),
                GeneratedFunction.Queue(TriggerNames.WorkflowActivities, source.Name, type, activities, connection),
                GeneratedFunction.Timer(TriggerNames.WorkflowSweep, source.Name, GeneratedFunction.EachMinute),
            ],
            Settings = [connection.WithQueue(turns).WithQueue(activities), SettingGroup.OfTimers],
        };
    }

    private static string Queue(TriggerSource source, string item, string usual) => source.Find(item) is null ? usual : source.Field(item);
}
