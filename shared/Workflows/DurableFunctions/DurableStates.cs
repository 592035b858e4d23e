using System.Text.Json;
using Serverless.Components.Clients.AzureDurableFunctions;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Components.Workflows.DurableFunctions;

/// <summary>What Durable Functions calls otherwise than the workflow API.</summary>
internal static class DurableStates
{
    // The status has no type of the error; daprd's callers expect one.
    private const string FailedType = "OrchestrationFailed";
    private const string TaskFailedType = "TaskFailed";
    private const char EntityMark = '@';

    /// <summary>Whether it is over.</summary>
    public static bool HasEnded(DurableInstance instance) => ReadStatus(instance.RuntimeStatus)
        is WorkflowRuntimeStatus.Completed or WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Canceled or WorkflowRuntimeStatus.Terminated;

    /// <summary>The status of that name; both sides spell them alike.</summary>
    /// <exception cref="WorkflowEngineException">There is none.</exception>
    public static WorkflowRuntimeStatus ReadStatus(string name) =>
        Enum.GetNames<WorkflowRuntimeStatus>().Contains(name)
            ? Enum.Parse<WorkflowRuntimeStatus>(name)
            : throw new WorkflowEngineException("Durable Functions tells a runtime status that is not known here");

    /// <summary>An orchestration as the workflow API shows it.</summary>
    public static WorkflowState ToState(DurableInstance instance)
    {
        var status = ReadStatus(instance.RuntimeStatus);
        var hasFailed = status == WorkflowRuntimeStatus.Failed;
        return new WorkflowState
        {
            InstanceId = instance.InstanceId,
            Name = instance.Name,
            CreatedAt = instance.CreatedTime,
            LastUpdatedAt = instance.LastUpdatedTime,
            Status = status,
            Input = instance.Input,
            Output = hasFailed ? null : instance.Output,
            CustomStatus = instance.CustomStatus,
            Failure = hasFailed ? new WorkflowFailure(FailedType, Plain(instance.Output)) : null,
        };
    }

    /// <summary>An event as the workflow API shows it.</summary>
    public static WorkflowHistoryEntry ToEntry(DurableEvent happened) => new(happened.Type, happened.Timestamp)
    {
        Name = happened.Name,
        InstanceId = happened.InstanceId,
        Text = happened.Result,
        FireAt = happened.FireAt,
        Failure = happened.Reason is null ? null : new WorkflowFailure(TaskFailedType, happened.Reason) { StackTrace = happened.Details },
    };

    /// <summary>What the app is asked for; it knows no filter by name, and includes the end of a time.</summary>
    public static DurableQuery ToQuery(WorkflowQuery query) => new()
    {
        Statuses = [.. query.Statuses.Select(status => status.ToString())],
        CreatedFrom = query.CreatedFrom,
        CreatedTo = query.CreatedBefore,
        PageSize = query.PageSize,
        Continuation = query.Continuation,
    };

    /// <summary>Whether something of a list was asked for: no entity, and what the app does not look at.</summary>
    public static bool Matches(DurableInstance instance, WorkflowQuery query) =>
        !instance.Name.StartsWith(EntityMark)
        && (query.Name is null || instance.Name.Equals(query.Name, StringComparison.OrdinalIgnoreCase))
        && (query.CreatedBefore is not { } before || instance.CreatedTime < before);

    // The output of a failed one is a text, which comes as a JSON string.
    private static string Plain(string? json)
    {
        if (json is not ['"', ..])
        {
            return json ?? "";
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return json;
        }
    }
}
