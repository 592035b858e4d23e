using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §5, as far as no workflow need run: routes, the order of checks, and a process without a store for workflows.</summary>
internal static class WorkflowTable
{
    /// <summary>Their state store is not marked <c>actorStateStore</c>; the built-in one is.</summary>
    private const WireTargets WithoutStore = WireTargets.All & ~WireTargets.Sqlite;

    private const string NoStore =
        "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?";

    private static readonly string[] Versions = ["v1.0", "v1.0-beta1", "v1.0-alpha1"];

    private static readonly (string Method, string Path)[] Operations =
    [
        ("POST", "W/start?instanceID=i"), ("GET", "i?x"), ("POST", "i/raiseEvent/E?x"), ("POST", "i/pause?x"), ("POST", "i/resume?x"), ("POST", "i/terminate?x"), ("POST", "i/purge?x"),
        ("GET", "?x"), ("GET", "i/history?x"), ("POST", "i/rerun/1?newInstanceID=j"),
    ];

    private static readonly (string Method, string Path)[] NoRoutes =
    [
        ("PUT", "/v1.0/workflows/dapr/W/start"),
        ("GET", "/v1.0/workflows/dapr/i/raiseEvent/E"),
        ("POST", "/v1.0/workflows/dapr/i/raiseEvent"),
        ("POST", "/v1.0/workflows/dapr/i/other"),
        ("POST", "/v1.0/workflows/dapr/i"),
        ("DELETE", "/v1.0/workflows/dapr/i"),
        ("PUT", "/v1.0/workflows/dapr/i/purge"),
        ("GET", "/v1.0/workflows"),
        ("GET", "/v1.0-alpha2/workflows/dapr/i"),
        ("GET", "/v1.0/Workflows/dapr/i"),
    ];

    public static IEnumerable<WireCase> Rows =>
    [
        .. NoRoutes.Select(route => new WireCase($"Workflow_{route.Method}_{route.Path}_404", Send(route.Method, route.Path, RouteTable.NoRoute))),
        .. Versions.SelectMany(Refused),
        .. WithoutActorStore.Select(row => row.On(WithoutStore)),
    ];

    private static IEnumerable<WireCase> WithoutActorStore =>
    [
        .. Versions.SelectMany(version => new WireCase[]
        {
            new($"WorkflowStart_{version}_NoActorStore_500", Post($"/{version}/workflows/dapr/W/start", "", Error(500, "ERR_START_WORKFLOW", $"error starting workflow 'W': unable to start workflow: failed to start workflow: {NoStore}"))),
            new($"WorkflowGet_{version}_NoActorStore_500", Get($"/{version}/workflows/dapr/i", Error(500, "ERR_GET_WORKFLOW", $"error while getting workflow info on instance 'i': failed to get workflow metadata for 'i': {NoStore}"))),
            new($"WorkflowRaise_{version}_NoActorStore_500", Post($"/{version}/workflows/any/i/raiseEvent/E", "", Error(500, "ERR_RAISE_EVENT_WORKFLOW", $"error raising event on workflow 'i': failed to raise event E on workflow i: {NoStore}"))),
            new($"WorkflowPause_{version}_NoActorStore_500", Post($"/{version}/workflows/dapr/i/pause", "", Error(500, "ERR_PAUSE_WORKFLOW", $"error pausing workflow i: failed to pause workflow i: failed to suspend workflow: {NoStore}"))),
            new($"WorkflowResume_{version}_NoActorStore_500", Post($"/{version}/workflows/dapr/i/resume", "", Error(500, "ERR_RESUME_WORKFLOW", $"error resuming workflow i: failed to resume workflow i: failed to resume workflow: {NoStore}"))),
            new($"WorkflowTerminate_{version}_NoActorStore_500", Post($"/{version}/workflows/dapr/i/terminate", "", Error(500, "ERR_TERMINATE_WORKFLOW", $"error terminating workflow 'i': failed to terminate workflow i: {NoStore}"))),
            new($"WorkflowPurge_{version}_NoActorStore_500", Post($"/{version}/workflows/dapr/i/purge", "", Error(500, "ERR_PURGE_WORKFLOW", $"error purging workflow i: failed to Purge workflow i: {NoStore}"))),
            new($"WorkflowList_{version}_NoActorStore_500", Get($"/{version}/workflows/dapr", Error(500, "ERR_LIST_WORKFLOWS", $"error listing workflows: {NoStore}"))),
        }),
    ];

    private static IEnumerable<WireCase> Refused(string version) =>
    [
        new WireCase($"WorkflowStart_{version}_IdTooLong_400",
            Post($"/{version}/workflows/dapr/W/start?instanceID={new string('a', 65)}", "", Error(400, "ERR_INSTANCE_ID_TOO_LONG", "workflow instance ID exceeds the max length of 64 characters")),
            Post($"/{version}/workflows/dapr/W/start?instanceID={string.Concat(Enumerable.Repeat("%C3%A9", 33))}", "", Error(400, "ERR_INSTANCE_ID_TOO_LONG", "workflow instance ID exceeds the max length of 64 characters"))),
        new WireCase($"WorkflowStart_{version}_IdInvalid_400BeforeTheAppId",
            Post($"/{version}/workflows/dapr/W/start?instanceID=a.b&appID=a.b", "", Error(400, "ERR_INSTANCE_ID_INVALID", "workflow instance ID 'a.b' is invalid: only alphanumeric and underscore characters are allowed"))),
        .. Operations.Select(operation => new WireCase(
            $"Workflow_{version}_{operation.Method}_{operation.Path}_BadAppId_400",
            new WireStep(operation.Method, $"/{version}/workflows/dapr/{operation.Path}&appID=a.b".Replace("/?", "?", StringComparison.Ordinal), null, Error(400, "ERR_WORKFLOW_APP_ID_INVALID", "workflow app ID 'a.b' is invalid: only alphanumeric, dash and underscore characters are allowed")))),
        .. new[] { ("GET", "i"), ("POST", "i/pause"), ("POST", "i/resume"), ("POST", "i/terminate"), ("POST", "i/purge") }.Select(operation => new WireCase(
            $"Workflow_{version}_{operation.Item1}_{operation.Item2}_BadBody_400First",
            new WireStep(operation.Item1, $"/{version}/workflows/dapr/{operation.Item2}?appID=a.b", "{", ErrorLike(400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: ")))),
    ];
}
