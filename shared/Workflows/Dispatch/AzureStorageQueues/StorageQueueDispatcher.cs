using System.Text;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Dispatch.AzureStorageQueues;

/// <summary>Doorbells through two queues of Azure Queue Storage, which are created where they are not there.</summary>
/// <remarks>Functions docs: functions-bindings-storage-queue-trigger, "Poison messages": a message of queue <c>q</c> that failed too often goes to <c>q-poison</c>.</remarks>
internal sealed class StorageQueueDispatcher : IWorkflowDispatcher
{
    private const int MostAtOnce = 16;

    // A receive hides what it gives, so that the next one sees what is behind it; this ends a loop over what others put meanwhile.
    private const int MostDrained = 1024;

    // As long as a doorbell of the sweep may take; what is left is seen again after that.
    private static readonly TimeSpan DrainVisibility = TimeSpan.FromMinutes(5);

    private readonly ComponentContext _context;
    private readonly StorageQueueDispatcherOptions _options;
    private readonly QueueClient _turns;
    private readonly QueueClient _activities;
    private readonly QueueClient[] _poison;
    private readonly PoisonReader _reader;

    /// <summary>Asks nobody yet.</summary>
    /// <exception cref="ComponentException">The metadata are not usable.</exception>
    public StorageQueueDispatcher(ComponentContext context)
    {
        _context = context;
        _options = StorageQueueDispatcherOptions.Read(context);
        _turns = Open(_options.Turns);
        _activities = Open(_options.Activities);
        _reader = new PoisonReader(context);
        _poison = [Open(Poison(_options.Turns)), Open(Poison(_options.Activities))];
    }

    public IReadOnlyList<string> Capabilities { get; } = [];

    public string TurnsQueue => _options.Turns;

    public string ActivitiesQueue => _options.Activities;

    public TimeSpan Heartbeat => _options.Times.Heartbeat;

    public TimeSpan ResendAfter => _options.Times.ResendAfter;

    public TimeSpan LongestDelay => QueueClient.LongestVisibility;

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        foreach (var (queue, name) in ((QueueClient, string)[])[(_turns, _options.Turns), (_activities, _options.Activities)])
        {
            try
            {
                await queue.CreateAsync(cancellationToken);
            }
            catch (AzureException fault)
            {
                throw new ComponentException($"component '{_context.Name}': failed to create queue {name}: {fault.Message}", fault);
            }
        }
    }

    public async ValueTask SendAsync(IReadOnlyList<WorkflowDoorbell> doorbells, CancellationToken cancellationToken)
    {
        if (doorbells is [var only])
        {
            await SendAsync(only, cancellationToken);
            return;
        }

        await Parallel.ForEachAsync(doorbells, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken }, SendAsync);
    }

    public async ValueTask DrainPoisonAsync(Func<WorkflowDoorbell, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        foreach (var queue in _poison)
        {
            try
            {
                await DrainAsync(queue, take, cancellationToken);
            }
            catch (AzureException fault)
            {
                throw new WorkflowDispatchException(fault.Message, fault);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var queue in (QueueClient[])[_turns, _activities, .. _poison])
        {
            queue.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static string Poison(string queue) => $"{queue}-poison";

    private QueueClient Open(string queue) => new(_options.Account, queue, _context.Host.Time);

    private async ValueTask SendAsync(WorkflowDoorbell doorbell, CancellationToken cancellationToken)
    {
        var (queue, name) = doorbell.IsActivity ? (_activities, _options.Activities) : (_turns, _options.Turns);
        var text = Encoding.UTF8.GetString(DoorbellText.Write(doorbell).Span);
        var delay = doorbell.Due - _context.Host.Time.GetUtcNow();
        delay = delay > LongestDelay ? LongestDelay : delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
        try
        {
            // One that comes twice does no harm, so what may have been put already is put again.
            var put = await PutAsync(queue, text, delay, isLast: false, cancellationToken) ?? await PutAsync(queue, text, delay, isLast: true, cancellationToken);
            if (put is not true)
            {
                throw new WorkflowDispatchException($"queue {name} does not exist");
            }
        }
        catch (AzureException fault)
        {
            throw new WorkflowDispatchException(fault.Message, fault);
        }
    }

    // Null: nobody knows, so again.
    private static async Task<bool?> PutAsync(QueueClient queue, string text, TimeSpan delay, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            return await queue.PutAsync(text, delay, timeToLive: null, cancellationToken) is not null;
        }
        catch (AzureException fault) when (fault.IsFateUnknown && !isLast)
        {
            return null;
        }
    }

    private async Task DrainAsync(QueueClient queue, Func<WorkflowDoorbell, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        for (var count = 0; count < MostDrained;)
        {
            if (await queue.GetAsync(QueueClient.MostMessages, DrainVisibility, cancellationToken) is not { Count: > 0 } messages)
            {
                return;
            }

            foreach (var message in messages)
            {
                count++;
                if (_reader.Read(message.Id, Encoding.UTF8.GetBytes(message.Text)) is { } doorbell)
                {
                    await take(doorbell, cancellationToken);
                    await queue.DeleteAsync(message.Id, message.PopReceipt!, cancellationToken);
                }
            }
        }
    }
}
