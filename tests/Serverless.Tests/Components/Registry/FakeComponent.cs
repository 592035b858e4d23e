using Serverless.Components.Registry;

namespace Serverless.Tests.Components.Registry;

/// <summary>A component that records what happens to it.</summary>
internal sealed class FakeComponent(ComponentContext context) : IComponent
{
    public ComponentContext Context => context;

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Capabilities => [];

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        // Truly asynchronous, as real components are.
        await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        switch (context.Metadata.Value("fail"))
        {
            case null:
                return;
            case "hang":
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return;
            case var message:
                throw new InvalidOperationException(message);
        }
    }

    public ValueTask DisposeAsync()
    {
        Disposed.TrySetResult();
        return context.Metadata.Value("close") is { } message ? throw new InvalidOperationException(message) : ValueTask.CompletedTask;
    }
}
