using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;

namespace Serverless.Tests.Components.Registry;

public sealed class ComponentCatalogTests
{
    private static ComponentDefinition Define(string type, string version) => new()
    {
        Key = new ResourceKey(ResourceKey.Component, "c"),
        Hash = "",
        Origin = "c.yaml",
        Type = type,
        Version = version,
    };

    [Theory]
    [InlineData("state.fake", "")]
    [InlineData("STATE.Fake", "V1")]
    [InlineData("state.fake", "v0")]
    public void Find_InitialVersions_AreEqual(string type, string version)
    {
        ComponentFactory factory = context => new FakeComponent(context);
        Assert.Same(factory, new ComponentCatalog().Add("state.fake", "v1", factory).Find(Define(type, version)));
    }

    [Fact]
    public void Find_SeveralVersions_PicksOneOrTheDeclaredDefault()
    {
        ComponentFactory second = context => new FakeComponent(context);
        var catalog = new ComponentCatalog().Add("state.fake", "v1", context => new FakeComponent(context)).Add("state.fake", "v2", second, isDefault: true);
        Assert.Same(second, catalog.Find(Define("state.fake", "v2")));
        Assert.Same(second, catalog.Find(Define("state.fake", "")));
        Assert.NotSame(second, catalog.Find(Define("state.fake", "v1")));
    }

    [Theory]
    [InlineData("state.x", "v9", "couldn't find state store state.x/v9")]
    [InlineData("secretstores.x", "", "couldn't find secret store secretstores.x/")]
    [InlineData("pubsub.x", "v1", "couldn't find message bus pubsub.x/v1")]
    [InlineData("strange.x", "v1", "unknown component category in type 'strange.x'")]
    [InlineData("", "", "unknown component category")]
    public void Find_Unknown_NamesTheType(string type, string version, string expected) =>
        Assert.Contains(expected, Assert.Throws<ComponentException>(() => new ComponentCatalog().Find(Define(type, version))).Message, StringComparison.Ordinal);

    [Fact]
    public void Add_Twice_IsAProgrammingError() =>
        Assert.Throws<InvalidOperationException>(() => new ComponentCatalog().Add("state.fake", "v1", c => new FakeComponent(c)).Add("State.Fake", "", c => new FakeComponent(c)));
}
