using Serverless.Components.Bindings;

namespace Serverless.Tests.Functions.Bindings;

/// <summary>A binding of both directions.</summary>
internal sealed class FakeBoth : FakeInput, IOutputBinding
{
    public IReadOnlyList<string> Operations => ["create"];

    public ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken) => ValueTask.FromResult<BindingResponse?>(null);
}
