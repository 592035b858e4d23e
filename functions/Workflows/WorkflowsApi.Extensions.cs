using System.Globalization;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Instances;
using Serverless.Functions.Http;

namespace Serverless.Functions.Workflows;

/// <content>What Dapr offers to its SDKs only: list, history, rerun.</content>
internal sealed partial class WorkflowsApi
{
    private const int MostPerPage = 1000;

    private async Task ListAsync(ApiRequest request)
    {
        var refusal = await CheckBodyAsync(request);
        WorkflowQuery? query = null;
        if ((refusal ?? ReadQuery(request, out query)) is { } failure)
        {
            await request.FailAsync(failure);
            return;
        }

        await CallAsync(request, WorkflowErrors.List, async engine => await engine.ListAsync(query!, request.Aborted) is { } list
            ? WorkflowAnswer.Ok(WorkflowsJson.List(list))
            : WorkflowErrors.BadQuery("continuationToken", "must be one that a list gave"));
    }

    private Task HistoryAsync(ApiRequest request) => ManageAsync(request, WorkflowErrors.History, async (engine, id) =>
        await engine.GetHistoryAsync(id, request.Aborted) is { } events ? WorkflowAnswer.Ok(WorkflowsJson.History(events)) : WorkflowErrors.NotFound(id));

    private async Task RerunAsync(ApiRequest request)
    {
        var (input, refusal) = await ReadTextAsync(request);
        var newId = request.Query("newInstanceID") is { Length: > 0 } given ? given : Guid.NewGuid().ToString();
        if ((refusal ?? CheckId(newId)) is { } failure)
        {
            await request.FailAsync(failure);
            return;
        }

        var id = request.Parameter("instanceID");
        if (newId == id)
        {
            // As in daprd: it would replace the very history that it is made of.
            await request.FailAsync(WorkflowErrors.BadQuery("newInstanceID", "must not be the ID of the workflow itself"));
            return;
        }

        if (!int.TryParse(request.Parameter("eventID"), NumberStyles.None, CultureInfo.InvariantCulture, out var eventId))
        {
            await request.FailAsync(WorkflowErrors.BadEventId(request.Parameter("eventID")));
            return;
        }

        var rerun = new WorkflowRerun(id, eventId, newId) { HasInput = input.Length > 0, Input = input.Length > 0 ? input : null };
        await CallAsync(request, detail => WorkflowErrors.Rerun(id, detail), async engine =>
            await engine.RerunAsync(rerun, request.Aborted) switch
            {
                WorkflowOutcome.NotFound => WorkflowErrors.NotFound(id),
                WorkflowOutcome.NoSuchEvent => WorkflowErrors.NoSuchEvent(id, eventId),
                WorkflowOutcome.IsActive => WorkflowErrors.Rerun(id, WorkflowErrors.AlreadyActive(newId)),
                WorkflowOutcome.HasActiveChildren => WorkflowErrors.Rerun(id, WorkflowErrors.ActiveChildren(newId)),
                WorkflowOutcome.NotCompleted => WorkflowErrors.Rerun(id, "orchestration has not yet completed"),
                _ => WorkflowAnswer.Accepted(WorkflowsJson.InstanceId(newId)),
            });
    }

    private static DaprError? ReadQuery(ApiRequest request, out WorkflowQuery query)
    {
        query = new WorkflowQuery();
        List<WorkflowRuntimeStatus> statuses = [];
        foreach (var word in (request.Query("status") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!WorkflowWords.TryRead(word, out var status))
            {
                return WorkflowErrors.BadQuery("status", $"must hold {string.Join(", ", WorkflowWords.All)}, joined by commas");
            }

            statuses.Add(status);
        }

        var size = query.PageSize;
        if (request.Query("pageSize") is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MostPerPage))
        {
            return WorkflowErrors.BadQuery("pageSize", $"must be a number from 1 to {MostPerPage}");
        }

        var (from, fromFault) = ReadTime(request, "createdFrom");
        var (before, beforeFault) = ReadTime(request, "createdBefore");
        query = new WorkflowQuery
        {
            Statuses = statuses,
            Name = Given(request, "name"),
            CreatedFrom = from,
            CreatedBefore = before,
            PageSize = size,
            Continuation = Given(request, "continuationToken"),
        };
        return fromFault ?? beforeFault;
    }

    private static string? Given(ApiRequest request, string parameter) => request.Query(parameter) is { Length: > 0 } text ? text : null;
}
