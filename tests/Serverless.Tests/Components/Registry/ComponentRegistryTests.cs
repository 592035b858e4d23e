using System.Collections.Concurrent;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Sources;
using Serverless.Components.Secrets;

namespace Serverless.Tests.Components.Registry;

public sealed partial class ComponentRegistryTests
{
    private readonly ConcurrentBag<FakeComponent> _created = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Component(string name, string extra = "", string type = "state.fake", string root = "") =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec:\n  type: {type}\n  version: v1\n{extra}\n{root}";

    private static string Item(string name, string value) => $"  metadata: [{{name: {name}, value: {value}}}]";

    private static string FromSecret(string secret) => $"  metadata: [{{name: password, secretKeyRef: {{name: {secret}}}}}]";

    private ComponentRegistry Create(ComponentHost host, Action<string, string?>? status, TimeSpan? timeout, params IResourceSource[] sources)
    {
        var catalog = new ComponentCatalog().Add("state.fake", "v1", context =>
        {
            var component = new FakeComponent(context);
            _created.Add(component);
            return component;
        });
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

    private ComponentRegistry Create(params IResourceSource[] sources) => Create(TestHost.Create(), null, null, sources);

    private async Task<string> StartFaultAsync(params string[] documents)
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
}
