using Serverless.Functions.Http;

namespace Serverless.Functions.Workflows;

/// <summary>The errors of the workflow API in Dapr's wording; those of list, history and rerun, which Dapr has no HTTP for, in its style.</summary>
internal static class WorkflowErrors
{
    /// <summary>What Dapr's engine says of an unknown instance.</summary>
    public const string NoSuchInstance = "no such instance exists";

    /// <summary>What daprd says when no state store may keep workflows.</summary>
    public const string NoStore =
        "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?";

    public static DaprError Closed => new(StatusCodes.Status503ServiceUnavailable, "ERR_ACTOR_RUNTIME_CLOSED", "actor runtime is closed");

    public static DaprError IdTooLong =>
        new(StatusCodes.Status400BadRequest, "ERR_INSTANCE_ID_TOO_LONG", $"workflow instance ID exceeds the max length of {WorkflowIds.MostBytes} characters");

    public static DaprError IdInvalid(string id) =>
        new(StatusCodes.Status400BadRequest, "ERR_INSTANCE_ID_INVALID", $"workflow instance ID '{id}' is invalid: only alphanumeric and underscore characters are allowed");

    public static DaprError AppIdInvalid(string appId) =>
        new(StatusCodes.Status400BadRequest, "ERR_WORKFLOW_APP_ID_INVALID", $"workflow app ID '{appId}' is invalid: only alphanumeric, dash and underscore characters are allowed");

    public static DaprError NotFound(string id) =>
        new(StatusCodes.Status404NotFound, "ERR_INSTANCE_ID_NOT_FOUND", $"unable to find workflow with the provided instance ID: {id}");

    public static DaprError BadQuery(string parameter, string fault) =>
        new(StatusCodes.Status400BadRequest, "ERR_BAD_REQUEST", $"invalid request: query parameter '{parameter}' {fault}");

    public static DaprError BadEventId(string text) => new(StatusCodes.Status400BadRequest, "ERR_BAD_REQUEST", $"invalid request: event ID '{text}' is not a whole number");

    public static DaprError Body(string fault) => DaprError.Malformed($"failed deserializing HTTP body: {fault}");

    public static DaprError Start(string name, string detail) =>
        DaprError.Internal("ERR_START_WORKFLOW", $"error starting workflow '{name}': unable to start workflow: failed to start workflow: {detail}");

    public static string AlreadyActive(string id) => $"rpc error: code = AlreadyExists desc = an active workflow with ID '{id}' already exists";

    public static string ActiveChildren(string id) => $"rpc error: code = AlreadyExists desc = cannot recreate workflow with ID '{id}': a child workflow of it has not ended";

    public static DaprError Get(string id, string detail) =>
        DaprError.Internal("ERR_GET_WORKFLOW", $"error while getting workflow info on instance '{id}': failed to get workflow metadata for '{id}': {detail}");

    public static DaprError Raise(string id, string eventName, string detail) =>
        DaprError.Internal("ERR_RAISE_EVENT_WORKFLOW", $"error raising event on workflow '{id}': failed to raise event {eventName} on workflow {id}: {detail}");

    public static DaprError Pause(string id, string detail) =>
        DaprError.Internal("ERR_PAUSE_WORKFLOW", $"error pausing workflow {id}: failed to pause workflow {id}: failed to suspend workflow: {detail}");

    public static DaprError Resume(string id, string detail) =>
        DaprError.Internal("ERR_RESUME_WORKFLOW", $"error resuming workflow {id}: failed to resume workflow {id}: failed to resume workflow: {detail}");

    public static DaprError Terminate(string id, string detail) =>
        DaprError.Internal("ERR_TERMINATE_WORKFLOW", $"error terminating workflow '{id}': failed to terminate workflow {id}: {detail}");

    public static DaprError Purge(string id, string detail) =>
        DaprError.Internal("ERR_PURGE_WORKFLOW", $"error purging workflow {id}: failed to Purge workflow {id}: {detail}");

    public static DaprError List(string detail) => DaprError.Internal("ERR_LIST_WORKFLOWS", $"error listing workflows: {detail}");

    public static DaprError History(string id, string detail) =>
        DaprError.Internal("ERR_GET_WORKFLOW_HISTORY", $"error while getting history of workflow '{id}': {detail}");

    public static DaprError Rerun(string id, string detail) => DaprError.Internal("ERR_RERUN_WORKFLOW", $"error rerunning workflow '{id}': {detail}");

    public static DaprError NoSuchEvent(string id, int eventId) =>
        new(StatusCodes.Status404NotFound, "ERR_WORKFLOW_EVENT_NOT_FOUND", $"workflow '{id}' has no action with event ID {eventId}");
}
