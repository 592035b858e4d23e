using System.Collections.Concurrent;
using System.Threading.Channels;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Secrets;

namespace Serverless.Tests.Components.Registry;

/// <summary>What must run only once passes from an instance to its successor in a fixed order.</summary>
public sealed class RegistryHandoverTests
{
    private readonly ChannelSource _source = new();
    private readonly Channel<string> _steps = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reload_Changed_OldStopsBeforeNewStarts_AndIsClosedLast()
    {
        _source.Set(Component("a", "1"));
        await using var registry = await StartAsync();
        var old = Get(registry);
        Assert.Equal("start 1", await NextAsync());

        var draining = _gates["stop 1"] = new TaskCompletionSource();
        _source.Set(Component("a", "2"));

        Assert.Equal("stop 1", await NextAsync());
        Assert.Equal("2", Get(registry).Context.Metadata.Value("k"));
        Assert.False(old.Disposed.Task.IsCompleted);
        Assert.False(_steps.Reader.TryRead(out _));
        draining.SetResult();
        Assert.Equal("start 2", await NextAsync());
        await old.Disposed.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task Reload_NewOneCantStart_OldOneComesBack()
    {
        _source.Set(Component("a", "1"));
        await using var registry = await StartAsync();
        var old = Get(registry);
        await NextAsync();
        using var watch = registry.Live.ViewAndWatch();

        _source.Set(Component("a", "refused"));

        Assert.Equal(["stop 1", "start refused", "start 1"], [await NextAsync(), await NextAsync(), await NextAsync()]);
        var swapped = await watch.Commits.ReadAsync(Token);
        await watch.Commits.ReadAsync(Token);
        Assert.Same(old, Get(registry));
        Assert.False(old.Disposed.Task.IsCompleted);
        var rejected = (FakeComponent)Assert.Single(swapped.Changes).After!.Component!.Instance!;
        await rejected.Disposed.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task Reload_Added_ThatCantStart_IsLeftOutWithItsFault()
    {
        await using var registry = await StartAsync();
        using var watch = registry.Live.ViewAndWatch();

        _source.Set(Component("a", "refused"));

        await watch.Commits.ReadAsync(Token);
        var view = (await watch.Commits.ReadAsync(Token)).View;
        Assert.False(registry.TryAcquire<FakeComponent>("a", out _));
        Assert.Contains("no such queue", view.Component("a")!.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_Deleted_StopsThenCloses()
    {
        _source.Set(Component("a", "1"));
        await using var registry = await StartAsync();
        var old = Get(registry);
        await NextAsync();
        var draining = _gates["stop 1"] = new TaskCompletionSource();

        _source.Set();

        Assert.Equal("stop 1", await NextAsync());
        Assert.False(old.Disposed.Task.IsCompleted);
        draining.SetResult();
        await old.Disposed.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task Reload_WhileAnotherDrains_DoesNotWait_ButTheNextOfTheSameDoes()
    {
        _source.Set(Component("a", "1"), Component("b", "x"));
        var draining = new TaskCompletionSource();
        await using var registry = await StartAsync();
        Assert.Equal(["start 1", "start x"], new[] { await NextAsync(), await NextAsync() }.Order());
        _gates["stop 1"] = draining;
        _source.Set(Component("a", "2"), Component("b", "x"));
        Assert.Equal("stop 1", await NextAsync());
        try
        {
            _source.Set(Component("a", "2"), Component("b", "y"));
            Assert.Equal(["stop x", "start y"], [await NextAsync(), await NextAsync()]);
            _source.Set(Component("a", "3"), Component("b", "y"));
        }
        finally
        {
            draining.SetResult();
        }

        Assert.Equal(["start 2", "stop 2", "start 3"], [await NextAsync(), await NextAsync(), await NextAsync()]);
    }

    [Fact]
    public async Task Dispose_WhileSuccessorStarts_ClosesBoth()
    {
        _source.Set(Component("a", "1"));
        var registry = await StartAsync();
        var old = Get(registry);
        await NextAsync();
        _gates["start 2"] = new TaskCompletionSource();
        _source.Set(Component("a", "2"));
        Assert.Equal(["stop 1", "start 2"], [await NextAsync(), await NextAsync()]);
        var successor = Get(registry);

        await registry.DisposeAsync();

        Assert.True(old.Disposed.Task.IsCompleted);
        Assert.True(successor.Disposed.Task.IsCompleted);
    }

    private static string Component(string name, string value) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec:\n  type: state.fake\n  version: v1\n  metadata: [{{name: k, value: \"{value}\"}}]";

    private static FakeComponent Get(ComponentRegistry registry)
    {
        Assert.True(registry.TryAcquire<FakeComponent>("a", out var lease));
        using (lease)
        {
            return lease.Component;
        }
    }

    private static string Value(LiveComponent live) => ((FakeComponent)live.Instance!).Context.Metadata.Value("k")!;

    private async Task<string> NextAsync() => await _steps.Reader.ReadAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);

    private async Task<ComponentRegistry> StartAsync()
    {
        var registry = new ComponentRegistry(new RegistryOptions
        {
            Catalog = new ComponentCatalog().Add("state.fake", "v1", context => new FakeComponent(context)),
            Host = TestHost.Create(),
            Secrets = SecretComponents.LookUpAsync,
            Sources = [_source],
            Activate = (live, cancellationToken) => Value(live) == "refused" ? RefuseAsync() : StepAsync($"start {Value(live)}", cancellationToken),
            Deactivate = live => StepAsync($"stop {Value(live)}", CancellationToken.None),
        });
        await registry.StartAsync(Token);
        return registry;
    }

    private async Task RefuseAsync()
    {
        await StepAsync("start refused", CancellationToken.None);
        throw new ComponentException("component 'a': no such queue");
    }

    private async Task StepAsync(string step, CancellationToken cancellationToken)
    {
        await _steps.Writer.WriteAsync(step, CancellationToken.None);
        if (_gates.TryGetValue(step, out var gate))
        {
            await gate.Task.WaitAsync(cancellationToken);
        }
    }
}
