using Serverless.Components.Bindings;

namespace Serverless.Tests.Components.Bindings;

/// <summary>A reading of an input binding that ends with its test.</summary>
internal sealed class BindingReading : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _reading;

    public BindingReading(IInputBinding binding, RecordingHandler handler) => _reading = binding.ReadAsync(handler.HandleAsync, _stopping.Token);

    /// <summary>Tells to stop; ends when what was taken is settled.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }
}
