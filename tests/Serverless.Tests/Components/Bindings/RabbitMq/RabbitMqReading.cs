using System.Collections.Concurrent;
using System.Text;
using Serverless.Backends.Processes;
using Serverless.Components.Bindings;
using Serverless.Components.Bindings.RabbitMq;
using Serverless.Tests.Components.State;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.Bindings.RabbitMq;

/// <summary>A binding that reads a queue, with an app that answers as a test says.</summary>
internal sealed class RabbitMqReading : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private readonly ConcurrentQueue<BindingEvent> _events = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly LogCapture _log = new();
    private Task _running = Task.CompletedTask;

    private RabbitMqReading(string host, string queue, (string Name, string Value)[] items) =>
        Binding = new RabbitMqBinding(StateContexts.Create("bindings.rabbitmq", TimeProvider.System, [("host", host), ("queueName", queue), .. items]).LoggingTo(_log));

    /// <summary>The binding.</summary>
    public RabbitMqBinding Binding { get; }

    /// <summary>What was delivered so far, refused or not.</summary>
    public IReadOnlyList<string> Texts => [.. _events.Select(read => Encoding.UTF8.GetString(read.Data.Span))];

    /// <summary>The same with metadata.</summary>
    public IReadOnlyList<BindingEvent> Events => [.. _events];

    /// <summary>The app; takes everything at first.</summary>
    public Func<string, Task<bool>> App { get; set; } = _ => Task.FromResult(true);

    public static async Task<RabbitMqReading> StartAsync(string host, string queue, params (string Name, string Value)[] items)
    {
        var reading = new RabbitMqReading(host, queue, [("durable", "true"), ("reconnectWaitInSeconds", "1"), .. items]);
        try
        {
            await reading.Binding.InitializeAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await reading.DisposeAsync();
            throw;
        }

        reading.Begin();
        return reading;
    }

    /// <summary>What the binding told.</summary>
    public IEnumerable<string> Log => _log.Messages;

    /// <summary>Waits until the app has got so many events.</summary>
    public Task MeetAsync(int count) => MeetAsync($"{count} deliveries", () => _events.Count >= count);

    /// <summary>Waits until the app has got one of them so often.</summary>
    public Task MeetAsync(string text, int count) => MeetAsync($"'{text}' {count} times", () => Texts.Count(one => one == text) >= count);

    /// <summary>Tells to stop; the task ends with the reading.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(Limit, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Binding.DisposeAsync();
        await _running.WaitAsync(Limit, CancellationToken.None);
        _stopping.Dispose();
    }

    private async Task MeetAsync(string what, Func<bool> isMet)
    {
        var isDone = await Eventually.TrueAsync(() => isMet() || _running.IsCompleted, Limit, TestContext.Current.CancellationToken);
        if (!isDone || !isMet())
        {
            throw new TimeoutException($"not so: {what}; came: {string.Join(' ', Texts)}; the reading: {_running.Status} {_running.Exception}; it told:\n{string.Join('\n', Log)}");
        }
    }

    private void Begin() => _running = Task.Run(() => Binding.ReadAsync(DeliverAsync, _stopping.Token), CancellationToken.None);

    private async ValueTask<DeliveryResult> DeliverAsync(BindingEvent read, CancellationToken cancellationToken)
    {
        _events.Enqueue(read);
        return await App(Encoding.UTF8.GetString(read.Data.Span)).WaitAsync(cancellationToken) ? DeliveryResult.Delivered(default) : DeliveryResult.Refused("the app said no");
    }
}
