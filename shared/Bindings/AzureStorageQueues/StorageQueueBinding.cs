using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.AzureStorageQueues;

/// <summary>Sends messages to a queue of Azure Queue Storage, and delivers those in it.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/storagequeues.</remarks>
internal sealed partial class StorageQueueBinding : IOutputBinding
{
    private const string DelayKey = "initialVisibilityDelay";
    private readonly ComponentContext _context;
    private readonly StorageQueueOptions _options;
    private readonly QueueClient _queue;
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Asks nobody yet.</summary>
    /// <exception cref="ComponentException">The metadata are not usable.</exception>
    public StorageQueueBinding(ComponentContext context)
    {
        _context = context;
        _options = StorageQueueOptions.Read(context);
        _queue = new QueueClient(_options.Account, _options.Queue, context.Host.Time);
    }

    public IReadOnlyList<string> Capabilities { get; } = [];

    public IReadOnlyList<string> Operations { get; } = ["create"];

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _queue.CreateAsync(cancellationToken);
        }
        catch (AzureException fault)
        {
            throw new ComponentException($"component '{_context.Name}': failed to create queue {_options.Queue}: {fault.Message}", fault);
        }
    }

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var text = StorageQueueText.Write(BindingData.Unquote(request.Data), _options.EncodesBase64);
        if (QueueText.Fault(text) is { } fault)
        {
            throw new BindingException(fault);
        }

        var delay = request.Duration(DelayKey) ?? _options.InitialDelay;
        var life = request.TimeToLive() ?? _options.TimeToLive;
        if (life <= delay)
        {
            throw new BindingException($"the ttl ({life.TotalSeconds:0.###} s) must be longer than the {DelayKey} ({delay.TotalSeconds:0.###} s)");
        }

        try
        {
            return await _queue.PutAsync(text, delay, life, cancellationToken) is null ? throw new BindingException(Missing) : null;
        }
        catch (AzureException refusal)
        {
            throw new BindingException(refusal.Message, refusal);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _queue.Dispose();
    }

    private string Missing => $"queue {_options.Queue} does not exist";
}
