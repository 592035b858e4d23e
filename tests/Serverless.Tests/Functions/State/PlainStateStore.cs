using Serverless.Components.State;

namespace Serverless.Tests.Functions.State;

/// <summary>A store without transactions.</summary>
internal sealed class PlainStateStore : IStateStore
{
    public IReadOnlyList<string> Capabilities => ["ETAG"];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public ValueTask<StateEntry?> GetAsync(StateGet request, CancellationToken cancellationToken) => ValueTask.FromResult<StateEntry?>(null);

    public ValueTask<StateResult> SetAsync(StateSet request, CancellationToken cancellationToken) => ValueTask.FromResult(StateResult.Done);

    public ValueTask<StateResult> DeleteAsync(StateDelete request, CancellationToken cancellationToken) => ValueTask.FromResult(StateResult.Done);
}
