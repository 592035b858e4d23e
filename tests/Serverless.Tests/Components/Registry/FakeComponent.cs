using Serverless.Components.Registry;

namespace Serverless.Tests.Components.Registry;

/// <summary>A component that records what happens to it.</summary>
internal sealed class FakeComponent(ComponentContext context) : IComponent
{
    public ComponentContext Context => context;

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Capabilities => [];

    public Task InitializeAsync(CancellationToken cancellationToken) => context.Metadata.Value("fail") switch
    {
        null => Task.CompletedTask,
        "hang" => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken),
        var message => throw new InvalidOperationException(message),
    };

    public ValueTask DisposeAsync()
    {
        Disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
