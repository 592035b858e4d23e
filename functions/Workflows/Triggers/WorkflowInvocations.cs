using System.Globalization;
using Serverless.Components.Registry.Triggers;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Storage;
using Serverless.Functions.Triggers;

namespace Serverless.Functions.Workflows.Triggers;

/// <summary>Works on the invocations of the functions of workflows.</summary>
/// <remarks>
/// The host counts each failure and each death and gives a message up after a few. So an engine that is not there, and a store or a queue that
/// can't be reached, are waited for. At the last delivery work that still fails ends its workflow as failed; what only had to wait is acknowledged,
/// because the sweep tells of it again.
/// </remarks>
/// <param name="appId">This app.</param>
/// <param name="find">Finds the engine, or says why there is none.</param>
/// <param name="patience">How long is waited.</param>
/// <param name="mostDeliveries">The last delivery of a message.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is told what was given up.</param>
internal sealed partial class WorkflowInvocations(string appId, Func<CancellationToken, ValueTask<(TriggeredEngine? Engine, string? Missing)>> find, TriggerPatience patience, int mostDeliveries, TimeProvider time, ILogger logger)
{
    // The one comes with messages of Storage queues, the other with those of Service Bus.
    private static readonly string[] Counts = ["DequeueCount", "DeliveryCount"];

    /// <summary>A doorbell came; null when it is done with, else why not.</summary>
    public async Task<string?> AnswerAsync(string component, TriggerPayload payload, CancellationToken aborted)
    {
        WorkflowDoorbell doorbell;
        try
        {
            doorbell = DoorbellText.Read(payload.Data.Span);
        }
        catch (FormatException fault)
        {
            return $"the message is no doorbell of a workflow: {fault.Message}";
        }

        if (doorbell.AppId != appId)
        {
            return $"the message is of app '{doorbell.AppId}', and this is '{appId}'";
        }

        var end = await RunAsync(component, (engine, token) => engine.Answer(doorbell, token), aborted);
        return end.Fault is null || DeliveryOf(payload) < mostDeliveries ? end.Fault
            : end.MayPass ? GiveUp(doorbell, end.Fault)
            : await FailAsync(doorbell, end.Fault, aborted);
    }

    /// <summary>The timer fired; null when the sweep succeeded, else why not.</summary>
    public async Task<string?> SweepAsync(string component, CancellationToken aborted) =>
        (await RunAsync(component, static (engine, token) => engine.Sweep(token), aborted)).Fault;

    private static int DeliveryOf(TriggerPayload payload) =>
        Counts.Max(name => payload.Metadata.TryGetValue(name, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0);

    private async Task<InvocationEnd> RunAsync(string component, Func<TriggeredEngine, CancellationToken, ValueTask> work, CancellationToken aborted)
    {
        var isWaiting = false;
        string? fault = null;
        var missed = await patience.TryAsync(
            component,
            async token =>
            {
                isWaiting = false;
                var end = await TryAsync(work, token);
                isWaiting = end.MayPass;
                fault = end.Fault;
                return end.MayPass ? end.Fault : null;
            },
            "the work did not end",
            aborted);
        return missed is null ? new InvocationEnd(fault, MayPass: false) : new InvocationEnd(missed, isWaiting);
    }

    private async Task<InvocationEnd> TryAsync(Func<TriggeredEngine, CancellationToken, ValueTask> work, CancellationToken cancellationToken)
    {
        try
        {
            var (engine, missing) = await find(cancellationToken);
            if (engine is null)
            {
                return new InvocationEnd(missing, MayPass: true);
            }

            await work(engine, cancellationToken);
            return InvocationEnd.Done;
        }
        catch (Exception fault) when (fault is WorkflowStoreException or WorkflowDispatchException)
        {
            return new InvocationEnd(fault.Message, MayPass: true);
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException && !cancellationToken.IsCancellationRequested)
        {
            return new InvocationEnd("the engine was stopped", MayPass: true);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return new InvocationEnd(fault.Message, MayPass: false);
        }
    }

    private string? GiveUp(WorkflowDoorbell doorbell, string fault)
    {
        LogLeft(logger, doorbell.InstanceId, doorbell.WorkId, fault);
        return null;
    }

    private async Task<string?> FailAsync(WorkflowDoorbell doorbell, string fault, CancellationToken aborted)
    {
        using var limit = new CancellationTokenSource(patience.Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        try
        {
            var end = await TryAsync((engine, token) => engine.Fail(doorbell, $"given up after {mostDeliveries} deliveries: {fault}", token), either.Token);
            return end.Fault is null ? null : $"{fault}; the workflow could not be ended: {end.Fault}";
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return $"{fault}; the workflow could not be ended in time";
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "workflow {Instance}: work {Work} is left to the sweep: {Fault}")]
    private static partial void LogLeft(ILogger logger, string instance, string work, string fault);
}
