using Microsoft.Extensions.Logging;

namespace Serverless.Components.Workflows.Engine;

/// <summary>The context of one execution's code.</summary>
internal sealed class RunContext(ExecutionRun run) : WorkflowContext
{
    public override string Name => run.Name;

    public override string InstanceId => run.InstanceId;

    public override DateTime CurrentUtcDateTime => run.Now.UtcDateTime;

    public override bool IsReplaying => run.IsReplaying;

    public override Task CallActivityAsync(string name, object? input = null, WorkflowTaskOptions? options = null) =>
        RetryAsync(options?.RetryPolicy, () => run.CallActivityAsync<object?>(name, input, json: null));

    public override Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null) =>
        RetryAsync(options?.RetryPolicy, () => run.CallActivityAsync<T>(name, input, run.Json));

    public override Task CallChildWorkflowAsync(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) =>
        RetryAsync(options?.RetryPolicy, () => run.StartChildAsync<object?>(workflowName, input, options?.InstanceId, json: null));

    public override Task<TResult> CallChildWorkflowAsync<TResult>(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) =>
        RetryAsync(options?.RetryPolicy, () => run.StartChildAsync<TResult>(workflowName, input, options?.InstanceId, run.Json));

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken = default) =>
        run.SetTimerAsync(fireAt.Kind == DateTimeKind.Local ? fireAt.ToUniversalTime() : DateTime.SpecifyKind(fireAt, DateTimeKind.Utc), cancellationToken);

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default) =>
        run.WaitForEventAsync<T>(eventName, Timeout.InfiniteTimeSpan, cancellationToken);

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout) => run.WaitForEventAsync<T>(eventName, timeout, CancellationToken.None);

    public override void SendEvent(string instanceId, string eventName, object? payload) => run.SendEvent(instanceId, eventName, payload);

    public override void SetCustomStatus(object? customStatus) => run.SetCustomStatus(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => run.ContinueAsNew(newInput, preserveUnprocessedEvents);

    public override Guid NewGuid() => run.NewGuid();

    public override ILogger CreateReplaySafeLogger(string categoryName) => new ReplaySafeLogger(this, run.Loggers.CreateLogger(categoryName));

    private Task<T> RetryAsync<T>(WorkflowRetryPolicy? policy, Func<Task<T>> attempt) => policy is null ? attempt() : RetryAsync(attempt, policy);

    private async Task<T> RetryAsync<T>(Func<Task<T>> attempt, WorkflowRetryPolicy policy)
    {
        var begun = run.Now;
        for (var attempts = 1; ; attempts++)
        {
            TimeSpan wait;
            try
            {
                return await attempt();
            }
            catch (WorkflowTaskFailedException e) when (RetrySchedule.Next(policy, attempts, run.Now - begun, e.FailureDetails.Failure) is { } next)
            {
                wait = next;
            }

            await CreateTimer(wait);
        }
    }
}
