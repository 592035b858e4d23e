using Serverless.Components.Registry;
using Serverless.Components.Secrets;
using Serverless.Components.State;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Components.Leases;

/// <summary>An instance of the app as far as leases go: a registry with state stores, and a clock.</summary>
internal sealed class LeaseRegistry : IAsyncDisposable
{
    private readonly ChannelSource _source = new();

    private LeaseRegistry(TimeProvider time)
    {
        var catalog = new ComponentCatalog();
        StateComponents.Register(catalog);
        Leases = new StateLeases("app", time);
        Host = TestHost.Create(time: time) with { Leases = Leases };

        // The registry has timers of its own, which the test's clock must not show.
        Registry = new ComponentRegistry(new RegistryOptions { Catalog = catalog, Host = TestHost.Create(), Secrets = SecretComponents.LookUpAsync, Sources = [_source] });
        Leases.UseStoresOf(Registry);
    }

    public StateLeases Leases { get; }

    public ComponentHost Host { get; }

    public ComponentRegistry Registry { get; }

    public static async Task<LeaseRegistry> StartAsync(TimeProvider time, params string[] documents)
    {
        var instance = new LeaseRegistry(time);
        instance.Set(documents);
        await instance.Registry.StartAsync(TestContext.Current.CancellationToken);
        return instance;
    }

    /// <summary>The document of a state store.</summary>
    public static string Store(string type, params (string Name, string Value)[] items) => Store("statestore", type, items);

    /// <summary>The document of a state store of another name.</summary>
    public static string Store(string name, string type, (string Name, string Value)[] items) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n  metadata:\n"
        + string.Concat(items.Select(item => $"  - name: {item.Name}\n    value: '{item.Value}'\n"));

    public void Set(params string[] documents) => _source.Set(documents);

    public ValueTask DisposeAsync() => Registry.DisposeAsync();
}
