using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>A queue trigger by the host's documented rules.</summary>
/// <remarks>
/// Functions docs: functions-bindings-storage-queue-trigger, "Poison messages", "Peek lock", "Concurrency". A message is hidden for the
/// lease, which is renewed while its function runs.
/// </remarks>
internal sealed class QueueListener(HostedFunction function, QueueRequests queue, QueueOptions options, TimeSpan lease, TriggerInvoker invoker, HostJournal journal) : ITriggerListener, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private readonly QueueRequests _poison = new(queue.ConnectionString, $"{queue.Name}-poison");
    private readonly SemaphoreSlim _finished = new(0);
    private int _inHand;

    public async Task RunAsync(CancellationToken killed)
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                if (await TryTakeAsync(killed))
                {
                    pause = FirstPause;
                    continue;
                }

                await _finished.WaitAsync(pause, killed);
                pause = pause * 2 < options.MaxPollingInterval ? pause * 2 : options.MaxPollingInterval;
            }
        }
        catch (Exception exception) when (killed.IsCancellationRequested && exception is OperationCanceledException or HttpRequestException)
        {
            // That is how a host ends.
        }
    }

    public void Dispose()
    {
        queue.Dispose();
        _poison.Dispose();
    }

    /// <summary>Takes a batch and waits until there is room for the next; false when there was none, or the service did not answer.</summary>
    private async Task<bool> TryTakeAsync(CancellationToken killed)
    {
        try
        {
            var messages = await queue.GetAsync(options.BatchSize, lease, killed);
            foreach (var message in messages)
            {
                Interlocked.Increment(ref _inHand);
                _ = ProcessAsync(message, killed);
            }

            while (messages.Count > 0 && Volatile.Read(ref _inHand) > options.NewBatchThreshold)
            {
                await _finished.WaitAsync(killed);
            }

            return messages.Count > 0;
        }
        catch (Exception exception) when (!killed.IsCancellationRequested && exception is HttpRequestException or OperationCanceledException)
        {
            journal.Add($"{function.Name}: {exception.Message}");
            return false;
        }
    }

    private async Task ProcessAsync(StorageMessage message, CancellationToken killed)
    {
        try
        {
            await RunOneAsync(message, killed);
        }
        catch (Exception exception)
        {
            // Left hidden until its lease ends. Nobody awaits this, so that a fault of the emulator would show nowhere else.
            journal.Add($"{function.Name}: message {message.Id} is left: {exception}");
        }
        finally
        {
            Interlocked.Decrement(ref _inHand);
            _finished.Release();
        }
    }

    private async Task RunOneAsync(StorageMessage message, CancellationToken killed)
    {
        // Deliveries that were killed before an answer count as well.
        if (message.DequeueCount > options.MaxDequeueCount)
        {
            await PoisonAsync(message, killed);
            return;
        }

        using var done = CancellationTokenSource.CreateLinkedTokenSource(killed);
        var renewing = RenewAsync(message, done.Token);
        TriggerResult result;
        try
        {
            result = await invoker.InvokeAsync(function.Name, Payload(message), killed);
        }
        finally
        {
            await done.CancelAsync();
        }

        message = await renewing;
        killed.ThrowIfCancellationRequested();
        if (result.Outcome == TriggerOutcome.Succeeded)
        {
            await queue.DeleteAsync(message, killed);
        }
        else if (message.DequeueCount >= options.MaxDequeueCount)
        {
            await PoisonAsync(message, killed);
        }
        else
        {
            await queue.HideAsync(message, options.VisibilityTimeout, killed);
        }
    }

    // Gives the message with its last receipt.
    private async Task<StorageMessage> RenewAsync(StorageMessage message, CancellationToken done)
    {
        using var timer = new PeriodicTimer(lease / 2);
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                message = await queue.HideAsync(message, lease, CancellationToken.None) is { } receipt ? message with { PopReceipt = receipt } : message;
            }
        }
        catch (OperationCanceledException)
        {
            // The function has ended.
        }

        return message;
    }

    private async Task PoisonAsync(StorageMessage message, CancellationToken killed)
    {
        journal.Add($"{function.Name}: message {message.Id} moved to the poison queue");
        await _poison.CreateAsync(killed);
        await _poison.PutAsync(message.Text, killed);
        await queue.DeleteAsync(message, killed);
    }

    private JsonObject Payload(StorageMessage message)
    {
        var bytes = options.IsBase64 ? Convert.FromBase64String(message.Text) : Encoding.UTF8.GetBytes(message.Text);
        var isBinary = (string?)function.Trigger.Json["dataType"] == "binary";
        var metadata = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in TriggerPayload.Members(bytes))
        {
            metadata[name] = value;
        }

        metadata["QueueTrigger"] = message.Text;
        metadata["Id"] = message.Id;
        metadata["PopReceipt"] = message.PopReceipt;
        metadata["DequeueCount"] = message.DequeueCount;
        foreach (var (name, time) in message.Times)
        {
            metadata[name] = time;
        }

        return TriggerPayload.Create(new Dictionary<string, object?> { [function.Trigger.Name] = isBinary ? bytes : Encoding.UTF8.GetString(bytes) }, metadata);
    }
}
