using Serverless.Components.Workflows;

namespace Serverless.Functions.Workflows;

/// <summary>The statuses as the API writes them.</summary>
internal static class WorkflowWords
{
    private static readonly (WorkflowRuntimeStatus Status, string Word)[] Statuses =
    [
        (WorkflowRuntimeStatus.Running, "RUNNING"),
        (WorkflowRuntimeStatus.Completed, "COMPLETED"),
        (WorkflowRuntimeStatus.ContinuedAsNew, "CONTINUED_AS_NEW"),
        (WorkflowRuntimeStatus.Failed, "FAILED"),
        (WorkflowRuntimeStatus.Canceled, "CANCELED"),
        (WorkflowRuntimeStatus.Terminated, "TERMINATED"),
        (WorkflowRuntimeStatus.Pending, "PENDING"),
        (WorkflowRuntimeStatus.Suspended, "SUSPENDED"),
    ];

    public static IEnumerable<string> All => Statuses.Select(pair => pair.Word);

    public static string Of(WorkflowRuntimeStatus status) => Array.Find(Statuses, pair => pair.Status == status).Word ?? "UNKNOWN";

    public static bool TryRead(string word, out WorkflowRuntimeStatus status)
    {
        var index = Array.FindIndex(Statuses, pair => pair.Word == word);
        status = index < 0 ? default : Statuses[index].Status;
        return index >= 0;
    }
}
