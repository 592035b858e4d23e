using Serverless.Components.Registry;
using Serverless.Components.Registry.Sources;
using Serverless.Components.Secrets;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.Registry;

public sealed class ComponentRegistryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Component(string name, string extra = "", string type = "state.fake", string root = "") =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec:\n  type: {type}\n  version: v1\n{extra}\n{root}";

    private static string Item(string name, string value) => $"  metadata: [{{name: {name}, value: {value}}}]";

    private static string FromSecret(string secret) => $"  metadata: [{{name: password, secretKeyRef: {{name: {secret}}}}}]";

    private static ComponentRegistry Create(ComponentHost host, Action<string, string?>? status, TimeSpan? timeout, params IResourceSource[] sources)
    {
        var catalog = new ComponentCatalog().Add("state.fake", "v1", context => new FakeComponent(context));
        SecretComponents.Register(catalog);
        catalog.AddRule((_, candidate, others) => candidate is FakeComponent { Context: var mine } && mine.Metadata.Value("only") == "one"
            && others.Any(other => other.Value is FakeComponent { Context: var theirs } && theirs.Metadata.Value("only") == "one") ? "there can be only one" : null);
        return new ComponentRegistry(new RegistryOptions
        {
            Catalog = catalog,
            Host = host,
            Secrets = SecretComponents.LookUpAsync,
            Sources = sources,
            StartupTimeout = timeout ?? TimeSpan.FromSeconds(20),
            SourceStatusChanged = status ?? ((_, _) => { }),
        });
    }

    private static ComponentRegistry Create(params IResourceSource[] sources) => Create(TestHost.Create(), null, null, sources);

    private static async Task<string> StartFaultAsync(params string[] documents)
    {
        var source = new ChannelSource();
        source.Set(documents);
        await using var registry = Create(source);
        return (await Assert.ThrowsAsync<ComponentException>(() => registry.StartAsync(Token))).Message;
    }

    private static FakeComponent Get(ComponentRegistry registry, string name)
    {
        Assert.True(registry.TryAcquire<FakeComponent>(name, out var lease));
        using (lease)
        {
            return lease.Component;
        }
    }

    [Fact]
    public async Task Start_GoodComponents_AreGivenOut()
    {
        var source = new ChannelSource();
        source.Set(Component("a", Item("k", "v")), Component("b"));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        Assert.Equal("v", Get(registry, "a").Context.Metadata.Value("K"));
        Assert.Equal(1, registry.Live.View.Version);
        Assert.False(registry.TryAcquire<FakeComponent>("A", out _));
        Assert.False(registry.TryAcquire<FakeComponent>("absent", out _));
    }

    [Fact]
    public async Task Start_SeveralFaults_NamesAll()
    {
        var message = await StartFaultAsync(Component("a", Item("fail", "boom")), Component("b", type: "state.unknown"), Component("c"));
        Assert.Contains("component 'a' (state.fake): boom", message, StringComparison.Ordinal);
        Assert.Contains("couldn't find state store state.unknown/v1", message, StringComparison.Ordinal);
        Assert.DoesNotContain("'c'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InitHangs_TimesOutByName() =>
        Assert.Contains("component 'a' (state.fake): initialisation took longer than 0.05 s", await StartFaultAsync(Component("a", Item("fail", "hang") + "\n  initTimeout: 50ms")), StringComparison.Ordinal);

    [Fact]
    public async Task Start_IgnoreErrors_LeavesTheComponentOut()
    {
        var source = new ChannelSource();
        source.Set(Component("a", Item("fail", "boom") + "\n  ignoreErrors: true"), Component("b"));
        await using var registry = Create(source);
        await registry.StartAsync(Token);
        Assert.False(registry.TryAcquire<FakeComponent>("a", out _));
        Assert.Contains("boom", registry.Live.View.Component("a")!.Fault, StringComparison.Ordinal);
        Get(registry, "b");
    }

    [Fact]
    public async Task Start_SecretStoreInAnyOrder_IsLoadedFirst()
    {
        var source = new ChannelSource();
        source.Set(Component("a", FromSecret("PASS"), root: "auth: {secretStore: z}"), Component("z", type: "secretstores.local.env"));
        await using var registry = Create(TestHost.Create(environment: new() { ["PASS"] = "hunter2" }), null, null, source);
        await registry.StartAsync(Token);
        var item = Get(registry, "a").Context.Metadata.Find("password")!;
        Assert.Equal(("hunter2", "PASS"), (item.Value, item.SecretName));
    }

    [Fact]
    public async Task Start_MissingSecretStore_NamesComponentStoreAndItem()
    {
        var message = await StartFaultAsync(Component("a", FromSecret("PASS"), root: "auth: {secretStore: nowhere}"));
        Assert.Contains("component 'a'", message, StringComparison.Ordinal);
        Assert.Contains("secret store 'nowhere' is not loaded", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SecretStoresInACircle_AreRefused()
    {
        var message = await StartFaultAsync(
            Component("a", FromSecret("x"), type: "secretstores.local.env", root: "auth: {secretStore: b}"),
            Component("b", FromSecret("x"), type: "secretstores.local.env", root: "auth: {secretStore: a}"));
        Assert.Contains("in a circle", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RuleBroken_NamesTheRule() =>
        Assert.Contains("component 'b': there can be only one", await StartFaultAsync(Component("a", Item("only", "one")), Component("b", Item("only", "one"))), StringComparison.Ordinal);

    [Fact]
    public async Task Start_DeniedType_IsRefused() => Assert.Contains(
        "denied by the configuration",
        await StartFaultAsync(Component("a"), "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec: {components: {deny: [State.Fake/v1]}}"),
        StringComparison.Ordinal);

    [Fact]
    public async Task Start_LateSource_IsMarkedAndServedWhenItArrives()
    {
        var (late, ready) = (new ChannelSource("late"), new ChannelSource("ready"));
        ready.Set(Component("a"));
        var statuses = new List<(string, string?)>();
        await using var registry = Create(TestHost.Create(), (name, fault) => { lock (statuses) { statuses.Add((name, fault)); } }, TimeSpan.FromMilliseconds(300), late, ready);
        await registry.StartAsync(Token);
        Get(registry, "a");
        lock (statuses)
        {
            Assert.Contains(statuses, status => status is ("late", not null));
            Assert.Contains(statuses, status => status is ("ready", null));
        }

        using var watch = registry.Live.ViewAndWatch();
        late.Set(Component("b"));
        await watch.Commits.ReadAsync(Token);
        Get(registry, "b");
        lock (statuses)
        {
            Assert.Equal(("late", null), statuses[^1]);
        }
    }

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
        var log = new LogCapture();
        await using var registry = Create(TestHost.Create(loggers: log), null, null, source);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registry.StartAsync(stop.Token));
        Assert.False(registry.TryAcquire<FakeComponent>("a", out _));
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
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var calls = 0;
            do
            {
                Assert.True(registry.TryAcquire<FakeComponent>("a", out var lease));
                Assert.False(lease.Component.Disposed.Task.IsCompleted);
                lease.Dispose();
                calls++;
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
