using System.Text;
using System.Text.Json;
using Serverless.Components.Clients.AzureDurableFunctions;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Registry;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Components.Workflows.DurableFunctions;

/// <summary>The workflow API in front of a Durable Functions app, whatever its language.</summary>
/// <remarks>
/// A workflow is an orchestrator function. What Durable Functions does otherwise than the built-in engine: texts must be JSON, and what is none
/// is sent as a JSON string; whether children are terminated and purged with their parent is up to the app; lists have their order.
/// </remarks>
internal sealed class DurableFunctionsWorkflows : IComponent, IWorkflowEngine
{
    // Deeper than any parser on the way goes: what is JSON is never sent as a string.
    private const int DeepestNesting = 10_000;
    private readonly TimeProvider _time;
    private readonly DurableFunctionsClient _client;

    /// <summary>Asks nobody yet.</summary>
    /// <exception cref="ComponentException">The metadata are not usable.</exception>
    public DurableFunctionsWorkflows(ComponentContext context)
    {
        _time = context.Host.Time;
        _client = DurableFunctionsWorkflowOptions.Read(context).CreateClient(context);
    }

    public IReadOnlyList<string> Capabilities { get; } = [];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask<WorkflowOutcome> StartAsync(WorkflowStart start, CancellationToken cancellationToken)
    {
        Check("workflow name", start.Name);
        Check("instance ID", start.InstanceId);
        if (start.StartAt > _time.GetUtcNow())
        {
            throw new WorkflowEngineException("Durable Functions can't be told over HTTP to start an orchestration later");
        }

        // The app may be set to replace even an orchestration that runs (overridableExistingInstanceStates).
        return await CallAsync(async () =>
            await _client.GetAsync(start.InstanceId, withInput: false, withHistory: false, cancellationToken) is { } present && !DurableStates.HasEnded(present)
                ? WorkflowOutcome.IsActive
                : Outcome(await _client.StartAsync(start.Name, start.InstanceId, start.Input.Length == 0 ? null : ToJson(start.Input), cancellationToken)));
    }

    public async ValueTask<WorkflowState?> GetAsync(string instanceId, CancellationToken cancellationToken)
    {
        Check("instance ID", instanceId);
        return await CallAsync(async () =>
            await _client.GetAsync(instanceId, withInput: true, withHistory: false, cancellationToken) is { } instance ? DurableStates.ToState(instance) : null);
    }

    public async ValueTask<WorkflowOutcome> RaiseEventAsync(string instanceId, string eventName, string payload, CancellationToken cancellationToken)
    {
        Check("instance ID", instanceId);
        Check("event name", eventName);
        return await CallAsync(async () => Outcome(await _client.RaiseAsync(instanceId, eventName, ToJson(payload), cancellationToken)));
    }

    public async ValueTask<WorkflowOutcome> ControlAsync(string instanceId, WorkflowControl control, CancellationToken cancellationToken)
    {
        Check("instance ID", instanceId);
        var operation = control switch
        {
            WorkflowControl.Suspend => "suspend",
            WorkflowControl.Resume => "resume",
            _ => "terminate",
        };
        return await CallAsync(async () => Outcome(await _client.ControlAsync(instanceId, operation, cancellationToken)));
    }

    public async ValueTask<WorkflowOutcome> PurgeAsync(string instanceId, CancellationToken cancellationToken)
    {
        Check("instance ID", instanceId);

        // Older versions of the extension purge what runs.
        return await CallAsync(async () => await _client.GetAsync(instanceId, withInput: false, withHistory: false, cancellationToken) switch
        {
            null => WorkflowOutcome.NotFound,
            var present when !DurableStates.HasEnded(present) => WorkflowOutcome.NotCompleted,
            _ => Outcome(await _client.PurgeAsync(instanceId, cancellationToken)),
        });
    }

    public async ValueTask<WorkflowList?> ListAsync(WorkflowQuery query, CancellationToken cancellationToken)
    {
        if (query.Continuation?.AsSpan().ContainsAnyExceptInRange('!', '~') == true)
        {
            return null;
        }

        var page = await CallAsync(() => _client.ListAsync(DurableStates.ToQuery(query), cancellationToken));
        return new WorkflowList([.. page.Instances.Where(instance => DurableStates.Matches(instance, query)).Select(DurableStates.ToState)], page.Continuation);
    }

    public async ValueTask<IReadOnlyList<WorkflowHistoryEntry>?> GetHistoryAsync(string instanceId, CancellationToken cancellationToken)
    {
        Check("instance ID", instanceId);
        var instance = await CallAsync(() => _client.GetAsync(instanceId, withInput: false, withHistory: true, cancellationToken));
        return instance is null ? null : [.. instance.History.Select(DurableStates.ToEntry)];
    }

    public ValueTask<WorkflowOutcome> RerunAsync(WorkflowRerun rerun, CancellationToken cancellationToken) =>
        throw new WorkflowEngineException("Durable Functions can't run an orchestration again from one of its events");

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static WorkflowOutcome Outcome(DurableOutcome outcome) => outcome switch
    {
        DurableOutcome.NotFound => WorkflowOutcome.NotFound,
        DurableOutcome.Exists => WorkflowOutcome.IsActive,
        DurableOutcome.NotEnded => WorkflowOutcome.NotCompleted,
        _ => WorkflowOutcome.Done,
    };

    private static void Check(string what, string text)
    {
        if (!DurableFunctionsClient.CanSay(text))
        {
            throw new WorkflowEngineException($"Durable Functions can't be told the {what} '{text}' over HTTP: it is a part of an address, which can't be empty, hold a slash or be a dot");
        }
    }

    private static async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (AzureException fault)
        {
            throw new WorkflowEngineException(fault.Message, fault);
        }
    }

    // The extension takes nothing but JSON.
    private static ReadOnlyMemory<byte> ToJson(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return IsJson(bytes) ? bytes : Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\"");
    }

    private static bool IsJson(byte[] text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = DeepestNesting });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
