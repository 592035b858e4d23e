using System.Text;
using System.Text.Unicode;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Workflows.Instances;
using Serverless.Functions.Http;

namespace Serverless.Functions.Workflows;

/// <content>What all operations do before and around the call of an engine.</content>
internal sealed partial class WorkflowsApi
{
    private static readonly (string, string)[] Fields = [("instanceID", "instance_id"), ("workflowComponent", "workflow_component"), ("appID", "app_id")];

    /// <summary>An operation on an instance whose body says nothing: it is checked, then the engine is called.</summary>
    private async Task ManageAsync(ApiRequest request, Func<string, string, DaprError> error, Func<IWorkflowEngine, string, ValueTask<WorkflowAnswer>> call)
    {
        if (await CheckBodyAsync(request) is { } refusal)
        {
            await request.FailAsync(refusal);
            return;
        }

        var id = request.Parameter("instanceID");
        await CallAsync(request, detail => error(id, detail), engine => call(engine, id));
    }

    /// <summary>Finds the engine and calls it; what goes wrong there becomes the operation's own error.</summary>
    private async Task CallAsync(ApiRequest request, Func<string, DaprError> error, Func<IWorkflowEngine, ValueTask<WorkflowAnswer>> call)
    {
        var appId = request.Query("appID") ?? "";
        var answer = WorkflowIds.IsAppId(appId)
            ? await TryCallAsync(request, appId.Length > 0 ? appId : _options.AppId, error, call)
            : WorkflowErrors.AppIdInvalid(appId);
        await answer.SendAsync(request);
    }

    private async ValueTask<WorkflowAnswer> TryCallAsync(ApiRequest request, string appId, Func<string, DaprError> error, Func<IWorkflowEngine, ValueTask<WorkflowAnswer>> call)
    {
        try
        {
            if (TryAcquire(request, out var lease))
            {
                using var held = lease;
                return await call((IWorkflowEngine)held.Component);
            }

            using var lookup = await _builtIn(appId, request.Aborted);
            return lookup.Engine is { } engine ? await call(engine)
                : lookup.IsClosed ? WorkflowErrors.Closed
                : error(lookup.Fault ?? "");
        }
        catch (Exception exception) when (!request.Aborted.IsCancellationRequested)
        {
            return error(exception.Message.Length > 0 ? exception.Message : exception.GetType().Name);
        }
    }

    // A component of another kind may have the name, which then says nothing.
    private bool TryAcquire(ApiRequest request, out ComponentLease<IComponent> lease)
    {
        var name = request.Parameter("workflowComponent");
        if (!_registry.TryAcquire(name, out lease))
        {
            return false;
        }

        if (lease.Component is IWorkflowEngine)
        {
            return true;
        }

        lease.Dispose();
        return false;
    }

    private async ValueTask<DaprError?> CheckBodyAsync(ApiRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted);
        return body.Fault is not null ? DaprError.BodyRead(body.Fault)
            : MessageBody.FindFault(body.Bytes, hasMetadata: false, Fields) is { } fault ? WorkflowErrors.Body(fault)
            : null;
    }

    private async ValueTask<(string Text, DaprError? Refusal)> ReadTextAsync(ApiRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted);
        return body.Fault is not null ? ("", DaprError.BodyRead(body.Fault))
            : Utf8.IsValid(body.Bytes) ? (Encoding.UTF8.GetString(body.Bytes), null)
            : ("", WorkflowErrors.Body("it is no UTF-8 text"));
    }
}
