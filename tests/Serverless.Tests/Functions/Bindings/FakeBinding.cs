using Serverless.Components.Bindings;

namespace Serverless.Tests.Functions.Bindings;

/// <summary>An output binding that does what a test says and keeps what it was asked.</summary>
internal sealed class FakeBinding : IOutputBinding
{
    public IReadOnlyList<string> Capabilities => [];

    public IReadOnlyList<string> Operations { get; init; } = ["create", "get"];

    public List<BindingRequest> Calls { get; } = [];

    public Func<BindingRequest, BindingResponse?> OnInvoke { get; set; } = _ => null;

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        Calls.Add(request with { Data = request.Data.ToArray() });
        return ValueTask.FromResult(OnInvoke(request));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
