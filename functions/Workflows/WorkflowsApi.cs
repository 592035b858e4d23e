using Serverless.Components.Registry;
using Serverless.Components.Workflows.Instances;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Workflows;

/// <summary>The workflow API: Dapr's seven operations, and list, history and rerun, which Dapr has no HTTP for.</summary>
/// <remarks>
/// Dapr docs: reference/api/workflow_api. All versions are the same. As in daprd the body comes first, then the instance id, then the app
/// id, then the engine. The component in the path means the built-in engine, unless a component of that name is an engine of its own.
/// </remarks>
internal sealed partial class WorkflowsApi
{
    private const string Instance = "{instanceID}";
    private const int StartTries = 3;
    private static readonly string[] Versions = ["v1.0", "v1.0-beta1", "v1.0-alpha1"];
    private static readonly TimeSpan StartPause = TimeSpan.FromSeconds(1);
    private readonly ComponentRegistry _registry;
    private readonly RuntimeOptions _options;
    private readonly Func<string, CancellationToken, ValueTask<EngineLookup>> _builtIn;
    private readonly TimeProvider _time;

    /// <param name="registry">The components.</param>
    /// <param name="options">The settings.</param>
    /// <param name="builtIn">Finds the built-in engine for an app id.</param>
    /// <param name="time">The clock.</param>
    public WorkflowsApi(ComponentRegistry registry, RuntimeOptions options, Func<string, CancellationToken, ValueTask<EngineLookup>> builtIn, TimeProvider time)
    {
        _registry = registry;
        _options = options;
        _builtIn = builtIn;
        _time = time;
        Routes = [.. Versions.SelectMany(RoutesOf)];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private IEnumerable<ApiRoute> RoutesOf(string version)
    {
        return
        [
            Route("POST", "{workflowName}/start", "StartWorkflow", StartAsync),
            Route("GET", Instance, "GetWorkflow", GetAsync),
            Route("POST", $"{Instance}/raiseEvent/{{eventName}}", "RaiseEventWorkflow", RaiseEventAsync),
            Route("POST", $"{Instance}/pause", "PauseWorkflow", request => ControlAsync(request, WorkflowControl.Suspend, WorkflowErrors.Pause)),
            Route("POST", $"{Instance}/resume", "ResumeWorkflow", request => ControlAsync(request, WorkflowControl.Resume, WorkflowErrors.Resume)),
            Route("POST", $"{Instance}/terminate", "TerminateWorkflow", request => ControlAsync(request, WorkflowControl.Terminate, WorkflowErrors.Terminate)),
            Route("POST", $"{Instance}/purge", "PurgeWorkflow", PurgeAsync),
            new ApiRoute("workflows", version, "GET", "workflows/{workflowComponent}", "ListWorkflows", ListAsync),
            Route("GET", $"{Instance}/history", "GetWorkflowHistory", HistoryAsync),
            Route("POST", $"{Instance}/rerun/{{eventID}}", "RerunWorkflow", RerunAsync),
        ];

        ApiRoute Route(string method, string template, string name, ApiHandler handler) =>
            new("workflows", version, method, $"workflows/{{workflowComponent}}/{template}", name, handler);
    }

    private async Task StartAsync(ApiRequest request)
    {
        var (input, refusal) = await ReadTextAsync(request);
        var id = request.Query("instanceID") is { Length: > 0 } given ? given : Guid.NewGuid().ToString();
        var name = request.Parameter("workflowName");
        var (startAt, fault) = ReadTime(request, "startTime");
        if ((refusal ?? CheckId(id) ?? fault) is { } failure)
        {
            await request.FailAsync(failure);
            return;
        }

        await CallAsync(request, detail => WorkflowErrors.Start(name, detail), async engine =>
            await StartAsync(engine, new WorkflowStart(id, name, input) { StartAt = startAt }, request.Aborted) switch
            {
                WorkflowOutcome.IsActive => WorkflowErrors.Start(name, WorkflowErrors.AlreadyActive(id)),
                WorkflowOutcome.HasActiveChildren => WorkflowErrors.Start(name, WorkflowErrors.ActiveChildren(id)),
                _ => WorkflowAnswer.Accepted(WorkflowsJson.InstanceId(id)),
            });
    }

    private Task GetAsync(ApiRequest request) => ManageAsync(request, WorkflowErrors.Get, async (engine, id) =>
        await engine.GetAsync(id, request.Aborted) is { } state ? WorkflowAnswer.Ok(WorkflowsJson.State(state)) : WorkflowErrors.NotFound(id));

    private async Task RaiseEventAsync(ApiRequest request)
    {
        var (payload, refusal) = await ReadTextAsync(request);
        if (refusal is not null)
        {
            await request.FailAsync(refusal);
            return;
        }

        var id = request.Parameter("instanceID");
        var name = request.Parameter("eventName");
        await CallAsync(request, detail => WorkflowErrors.Raise(id, name, detail), async engine =>
            await engine.RaiseEventAsync(id, name, payload, request.Aborted) == WorkflowOutcome.NotFound
                ? WorkflowErrors.Raise(id, name, WorkflowErrors.NoSuchInstance)
                : WorkflowAnswer.Done);
    }

    // Of an unknown instance daprd says 404 only where it would end it.
    private Task ControlAsync(ApiRequest request, WorkflowControl control, Func<string, string, DaprError> error) => ManageAsync(request, error, async (engine, id) =>
        await engine.ControlAsync(id, control, request.Aborted) != WorkflowOutcome.NotFound ? WorkflowAnswer.Done
            : control == WorkflowControl.Terminate ? WorkflowErrors.NotFound(id)
            : error(id, WorkflowErrors.NoSuchInstance));

    private Task PurgeAsync(ApiRequest request) => ManageAsync(request, WorkflowErrors.Purge, async (engine, id) =>
        await engine.PurgeAsync(id, request.Aborted) switch
        {
            WorkflowOutcome.NotFound => WorkflowErrors.NotFound(id),
            WorkflowOutcome.NotCompleted => WorkflowErrors.Purge(id, "orchestration has not yet completed"),
            _ => WorkflowAnswer.Done,
        });

    // As daprd does: what may have ended in the meantime is tried again before it is refused.
    private async ValueTask<WorkflowOutcome> StartAsync(IWorkflowEngine engine, WorkflowStart start, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await engine.StartAsync(start, cancellationToken);
            if (outcome == WorkflowOutcome.Done || attempt == StartTries)
            {
                return outcome;
            }

            await Task.Delay(StartPause, _time, cancellationToken);
        }
    }

    private static DaprError? CheckId(string id) => WorkflowIds.IsTooLong(id) ? WorkflowErrors.IdTooLong
        : WorkflowIds.IsInstanceId(id) ? null
        : WorkflowErrors.IdInvalid(id);

    private static (DateTimeOffset? Time, DaprError? Fault) ReadTime(ApiRequest request, string parameter) =>
        request.Query(parameter) is not { Length: > 0 } text ? (null, null)
        : Rfc3339.TryParse(text, out var time) ? (time, null)
        : (null, WorkflowErrors.BadQuery(parameter, "must be a time such as 2026-01-02T03:04:05Z"));
}
