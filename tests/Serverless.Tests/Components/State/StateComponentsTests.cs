using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

public sealed class StateComponentsTests
{
    private readonly ComponentCatalog _catalog = new();

    public StateComponentsTests() => StateComponents.Register(_catalog);

    [Theory]
    [InlineData("state.in-memory")]
    [InlineData("state.sqlite")]
    [InlineData("state.sqlite3")]
    public async Task Embedded_Allowed_IsBuilt(string type)
    {
        await using var component = Factory(type)(StateContexts.Create(type, TimeProvider.System, ("connectionString", "never-opened.db")));

        var store = Assert.IsType<StateStoreComponent>(component);
        Assert.NotNull(store.Transactional);
        Assert.Equal("ACTOR", store.Capabilities[^1]);
    }

    [Theory]
    [InlineData("state.in-memory")]
    [InlineData("state.sqlite")]
    [InlineData("state.sqlite3")]
    public void Embedded_WhereInstancesShareNoDisk_Refuses(string type)
    {
        var refusal = Assert.Throws<ComponentException>(
            () => Factory(type)(StateContexts.Create(type, TimeProvider.System, allowsEphemeralState: false, ("connectionString", "x.db"))));

        Assert.Contains("'statestore'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("DAPR_ALLOW_EPHEMERAL_STATE=true", refusal.Message, StringComparison.Ordinal);
    }

    private ComponentFactory Factory(string type)
    {
        Assert.Contains(type, _catalog.Types);
        return _catalog.Find(Definition(type));
    }

    private static ComponentDefinition Definition(string type) => new()
    {
        Key = new ResourceKey(ResourceKey.Component, "statestore"),
        Hash = "",
        Origin = "test",
        Type = type,
    };
}
