using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.Registry;

/// <content>Reloads, retries and the end.</content>
public sealed partial class ComponentRegistryTests
{
    [Fact]
    public async Task Reload_ChangedComponent_IsSwappedAndTheOldOneDrained()
    {
        var source = new ChannelSource();
        source.Set(Component("a", Item("k", "1")), Component("b"));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        var untouched = Get(registry, "b");
        Assert.True(registry.TryAcquire<FakeComponent>("a", out var lease));

        using var watch = registry.Live.ViewAndWatch();
        source.Set(Component("a", Item("k", "2")), Component("b"));
        var commit = await watch.Commits.ReadAsync(Token);
        Assert.Equal(2, commit.View.Version);
        Assert.Single(commit.Changes);
        Assert.Equal("2", Get(registry, "a").Context.Metadata.Value("k"));
        Assert.Same(untouched, Get(registry, "b"));
        Assert.False(lease.Component.Disposed.Task.IsCompleted);

        lease.Dispose();
        await lease.Component.Disposed.Task.WaitAsync(Token);
        Assert.False(untouched.Disposed.Task.IsCompleted);
    }

    [Fact]
    public async Task Reload_BrokenComponent_KeepsTheRunningOne()
    {
        var source = new ChannelSource();
        source.Set(Component("a", Item("k", "1")));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        using var watch = registry.Live.ViewAndWatch();
        source.Set(Component("a", Item("fail", "boom")), Component("b"));
        await watch.Commits.ReadAsync(Token);
        Assert.Equal("1", Get(registry, "a").Context.Metadata.Value("k"));
    }

    [Fact]
    public async Task Reload_DeletedComponent_IsGoneAndDisposed()
    {
        var source = new ChannelSource();
        source.Set(Component("a"), Component("b"));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        var gone = Get(registry, "a");
        using var watch = registry.Live.ViewAndWatch();
        source.Set(Component("b"));
        await watch.Commits.ReadAsync(Token);
        Assert.False(registry.TryAcquire<FakeComponent>("a", out _));
        await gone.Disposed.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task Reload_SecretStoreArrives_LoadsWhoFailedForWantOfIt()
    {
        var source = new ChannelSource();
        var waiting = Component("a", FromSecret("PASS") + "\n  ignoreErrors: true", root: "auth: {secretStore: z}");
        source.Set(waiting);
        await using var registry = Create(TestHost.Create(environment: new() { ["PASS"] = "x" }), null, null, source);
        await registry.StartAsync(Token);
        Assert.False(registry.TryAcquire<FakeComponent>("a", out _));
        using var watch = registry.Live.ViewAndWatch();
        source.Set(waiting, Component("z", type: "secretstores.local.env"));
        await watch.Commits.ReadAsync(Token);
        Assert.Equal("x", Get(registry, "a").Context.Metadata.Value("password"));
    }

    [Fact]
    public async Task Reload_FeatureOff_FollowsNothing()
    {
        var source = new ChannelSource();
        const string Off = "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec: {features: [{name: HotReload, enabled: false}]}";
        source.Set(Off, Component("a"));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        source.Set(Off);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var tick = 0; tick < 10; tick++)
        {
            await timer.WaitForNextTickAsync(Token);
            Assert.Equal(1, source.Waiting);
        }

        Get(registry, "a");
    }

    [Fact]
    public async Task Reload_FeatureOffAndASourceUnreadableAtStart_IsFollowedUntilItIsRead()
    {
        var (container, ready) = (new ChannelSource("container"), new ChannelSource("ready"));
        ready.Set("apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec: {features: [{name: HotReload, enabled: false}]}");
        container.Fault("unreachable");
        await using var registry = Create(container, ready);
        await registry.StartAsync(Token);
        Assert.Equal("unreachable", Assert.Single(registry.SourceFaults).Value);
        using var watch = registry.Live.ViewAndWatch();

        container.Fault("still unreachable");
        container.Set(Component("a"));
        await watch.Commits.ReadAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
        container.Set();

        Get(registry, "a");
        Assert.Empty(registry.SourceFaults);
        Assert.Equal(1, container.Waiting);
    }

    [Fact]
    public async Task Reload_FailedThenSecretStoreMended_RunsTheNewText()
    {
        var source = new ChannelSource();
        var environment = new Dictionary<string, string> { ["ONE"] = "1" };
        string[] Documents(string secret, string prefix) =>
            [Component("a", FromSecret(secret), root: "auth: {secretStore: z}"), Component("z", Item("prefix", prefix), type: "secretstores.local.env")];
        source.Set(Documents("ONE", "''"));
        await using var registry = Create(TestHost.Create(environment: environment), null, null, source);
        await registry.StartAsync(Token);
        using var watch = registry.Live.ViewAndWatch();

        source.Set([.. Documents("TWO", "''"), Component("b")]);
        await watch.Commits.ReadAsync(Token);
        Assert.Equal("1", Get(registry, "a").Context.Metadata.Value("password"));

        environment["P_TWO"] = "2";
        source.Set(Documents("TWO", "P_"));
        await watch.Commits.ReadAsync(Token);
        Assert.Equal("2", Get(registry, "a").Context.Metadata.Value("password"));
    }

    [Fact]
    public async Task Reload_FailedThenRevertedText_LeavesTheRunningOneAlone()
    {
        var source = new ChannelSource();
        source.Set(Component("a", Item("k", "1")));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        var running = Get(registry, "a");
        using var watch = registry.Live.ViewAndWatch();
        source.Set(Component("a", Item("fail", "boom")), Component("b"));
        await watch.Commits.ReadAsync(Token);
        source.Set(Component("a", Item("k", "1")), Component("c"));
        await watch.Commits.ReadAsync(Token);
        Assert.Same(running, Get(registry, "a"));
    }

    [Fact]
    public async Task Retry_CauseGone_LoadsTheComponent()
    {
        var source = new ChannelSource();
        var environment = new Dictionary<string, string>();
        source.Set(Component("a", FromSecret("LATER") + "\n  ignoreErrors: true", root: "auth: {secretStore: z}"), Component("z", type: "secretstores.local.env"));
        var time = new ManualTimeProvider();
        await using var registry = Create(TestHost.Create(environment: environment, time: time), null, null, source);
        await registry.StartAsync(Token);
        Assert.False(registry.TryAcquire<FakeComponent>("a", out _));
        using var watch = registry.Live.ViewAndWatch();
        environment["LATER"] = "now";
        time.Advance(TimeSpan.FromSeconds(61));
        await watch.Commits.ReadAsync(Token);
        Assert.Equal("now", Get(registry, "a").Context.Metadata.Value("password"));
    }

    [Fact]
    public async Task Reload_RoleMovesBetweenComponents_IsAllowed()
    {
        var source = new ChannelSource();
        source.Set(Component("a"), Component("b", Item("only", "one")));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        using var watch = registry.Live.ViewAndWatch();
        source.Set(Component("a", Item("only", "one")), Component("b"));
        await watch.Commits.ReadAsync(Token);
        Assert.Equal("one", Get(registry, "a").Context.Metadata.Value("only"));
        Assert.Null(Get(registry, "b").Context.Metadata.Value("only"));
    }

    [Fact]
    public async Task Reload_RejectedHolderKeepsItsRole_TheNewcomerIsRejectedToo()
    {
        var source = new ChannelSource();
        source.Set(Component("z", Item("only", "one")));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        using var watch = registry.Live.ViewAndWatch();
        source.Set(Component("b", Item("only", "one")), Component("z", "  metadata: [{name: only, value: one}, {name: k, value: v}]"));
        await watch.Commits.ReadAsync(Token);
        Assert.Equal("one", Get(registry, "z").Context.Metadata.Value("only"));
        Assert.False(registry.TryAcquire<FakeComponent>("b", out _));
    }

    [Fact]
    public async Task Reload_SlowFailureOfAnother_HoldsNothingUp()
    {
        var source = new ChannelSource();
        var slow = Component("slow", Item("fail", "hang") + "\n  initTimeout: 300ms\n  ignoreErrors: true");
        source.Set(slow);
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        using var watch = registry.Live.ViewAndWatch();
        var created = _created.Count;
        source.Set(slow, Component("b"));
        await watch.Commits.ReadAsync(Token);
        Assert.Equal(created + 1, _created.Count);
        Get(registry, "b");
    }

    [Fact]
    public async Task Reload_SameMistakeTwice_IsToldTwice()
    {
        var source = new ChannelSource();
        using var log = new LogCapture();
        source.Set(Component("a"));
        await using var registry = Create(TestHost.Create(loggers: log), null, null, source);
        await registry.StartAsync(Token);
        using var watch = registry.Live.ViewAndWatch();
        foreach (var other in new[] { "b", "c" })
        {
            source.Set(Component("a", Item("fail", "boom")), Component(other));
            await watch.Commits.ReadAsync(Token);
            source.Set(Component("a"));
            await watch.Commits.ReadAsync(Token);
        }

        Assert.Equal(2, log.Messages.Count(line => line.Contains("boom", StringComparison.Ordinal) && line.StartsWith("Error", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Source_FailsWhileServing_IsMarkedAndTheOthersGoOn()
    {
        var (failing, steady) = (new ChannelSource("failing"), new ChannelSource("steady"));
        failing.Set(Component("a"));
        steady.Set(Component("b"));
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registry = Create(TestHost.Create(), (_, fault) => { if (fault is not null) { told.TrySetResult(fault); } }, null, failing, steady);
        await registry.StartAsync(Token);
        failing.Fail(new InvalidOperationException("broken"));
        Assert.Equal("broken", await told.Task.WaitAsync(Token));
        using var watch = registry.Live.ViewAndWatch();
        steady.Set(Component("b"), Component("c"));
        await watch.Commits.ReadAsync(Token);
        Get(registry, "a");
        Get(registry, "c");
    }

    [Fact]
    public async Task Dispose_ComponentThatFailsToClose_StopsNobodyElse()
    {
        var source = new ChannelSource();
        source.Set(Component("a", Item("close", "boom")), Component("b"));
        FakeComponent b;
        await using (var registry = Create(source))
        {
            await registry.StartAsync(Token);
            b = Get(registry, "b");
        }

        Assert.True(b.Disposed.Task.IsCompleted);
    }

    [Fact]
    public async Task Reload_CallThatNeverEnds_LosesItsInstanceAfterTheLimit()
    {
        var source = new ChannelSource();
        source.Set(Component("a", Item("k", "1")));
        var time = new ManualTimeProvider();
        await using var registry = Create(TestHost.Create(time: time), null, null, source);
        await registry.StartAsync(Token);
        Assert.True(registry.TryAcquire<FakeComponent>("a", out var lease));
        using var watch = registry.Live.ViewAndWatch();
        source.Set(Component("a", Item("k", "2")));
        await watch.Commits.ReadAsync(Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!lease.Component.Disposed.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(31));
            await timer.WaitForNextTickAsync(Token);
        }

        lease.Dispose();
    }

    [Fact]
    public async Task Start_UnusedSecretStoreReference_IsNoDependency()
    {
        var source = new ChannelSource();
        source.Set(Component("a", type: "secretstores.local.env", root: "auth: {secretStore: a}"));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        Assert.NotNull(registry.Live.View.Component("a")!.Instance);
    }

    [Fact]
    public async Task Start_Stopped_DisposesWhatWasLoaded()
    {
        var source = new ChannelSource();
        source.Set(Component("a"), Component("b", Item("fail", "hang") + "\n  initTimeout: 1h"));
        await using var registry = Create(source);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registry.StartAsync(stop.Token));
        Assert.Equal(2, _created.Count);
        await Task.WhenAll(_created.Select(component => component.Disposed.Task)).WaitAsync(Token);
    }

    [Fact]
    public async Task Dispose_Registry_DisposesEveryComponent()
    {
        var source = new ChannelSource();
        source.Set(Component("a"), Component("b"));
        FakeComponent a, b;
        await using (var registry = Create(source))
        {
            await registry.StartAsync(Token);
            (a, b) = (Get(registry, "a"), Get(registry, "b"));
        }

        Assert.True(a.Disposed.Task.IsCompleted && b.Disposed.Task.IsCompleted);
    }

    [Fact]
    public async Task TryAcquire_UnderReloads_NeverFails()
    {
        var source = new ChannelSource();
        source.Set(Component("a", Item("k", "0")));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        using var done = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            var calls = 0;
            do
            {
                Assert.True(registry.TryAcquire<FakeComponent>("a", out var lease));
                Assert.False(lease.Component.Disposed.Task.IsCompleted);
                lease.Dispose();
                if (++calls % 16 == 0)
                {
                    await Task.Yield();
                }
            }
            while (!done.IsCancellationRequested);

            return calls;
        })).ToArray();
        using var watch = registry.Live.ViewAndWatch();
        for (var i = 1; i <= 50; i++)
        {
            source.Set(Component("a", Item("k", $"{i}")));
            await watch.Commits.ReadAsync(Token);
        }

        await done.CancelAsync();
        Assert.All(await Task.WhenAll(callers), calls => Assert.True(calls > 0));
    }
}
