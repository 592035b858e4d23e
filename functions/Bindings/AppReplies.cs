using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Functions.State;

namespace Serverless.Functions.Bindings;

/// <summary>Does what the app asks for in its answers to events: saves state, calls output bindings.</summary>
/// <remarks>
/// All of it before the event counts as delivered, so that a crash in between repeats it and loses nothing. What fails is logged and changes
/// nothing for the event, which the app has taken.
/// </remarks>
internal sealed partial class AppReplies(ComponentRegistry registry, ILoggerFactory loggers)
{
    private const string Operation = "create";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly ILogger _logger = loggers.CreateLogger("dapr.runtime.bindings");

    /// <summary>Reads the answer and does what it asks for; only the token's cancellation flies.</summary>
    public async Task RunAsync(string binding, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        if (AppReplyDocument.Read(answer.Span) is not { } reply)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await SaveAsync(binding, reply, limit.Token);
            await SendAsync(binding, reply, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(binding, $"it took longer than {Limit.TotalSeconds:0} s");
        }
    }

    private async Task SaveAsync(string binding, AppReplyDocument reply, CancellationToken cancellationToken)
    {
        if (reply.StoreName.Length == 0 || reply.State.Count == 0)
        {
            return;
        }

        if (!registry.TryAcquire<StateStoreComponent>(reply.StoreName, out var lease))
        {
            LogFailed(binding, $"state store {reply.StoreName} is not found");
            return;
        }

        using var held = lease;
        foreach (var item in reply.State)
        {
            if (item.Key.Length == 0)
            {
                LogFailed(binding, "a state item has no key");
                continue;
            }

            // The key as the app wrote it, without a prefix, as in daprd.
            var result = await StateCalls.SetAsync(held.Component, StateCalls.ToSet(held.Component, item, item.Key, item.Metadata ?? StateMetadata.Empty), cancellationToken);
            if (result.Outcome != StateOutcome.Done)
            {
                LogFailed(binding, $"state store {reply.StoreName}: {result.Message}");
            }
        }
    }

    private async Task SendAsync(string binding, AppReplyDocument reply, CancellationToken cancellationToken)
    {
        var request = new BindingRequest { Operation = Operation, Data = reply.Data };
        if (reply.IsParallel)
        {
            await Task.WhenAll(reply.To.Select(name => CallAsync(binding, name, request, cancellationToken)));
            return;
        }

        foreach (var name in reply.To)
        {
            if (!await CallAsync(binding, name, request, cancellationToken))
            {
                return;
            }
        }
    }

    private async Task<bool> CallAsync(string binding, string name, BindingRequest request, CancellationToken cancellationToken)
    {
        var result = await OutputCalls.InvokeAsync(registry, name, request, cancellationToken);
        if (result.Fault is { } fault)
        {
            LogFailed(binding, $"error invoking output binding {name}: {fault}");
        }

        return result.Fault is null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "binding '{Binding}': not all that the app's answer asks for was done: {Fault}")]
    private partial void LogFailed(string binding, string fault);
}
