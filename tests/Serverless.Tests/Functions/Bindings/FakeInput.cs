using Serverless.Components.Bindings;

namespace Serverless.Tests.Functions.Bindings;

/// <summary>An input binding without events.</summary>
internal class FakeInput : IInputBinding
{
    public IReadOnlyList<string> Capabilities => [];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReadAsync(BindingHandler handler, CancellationToken stopping) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
