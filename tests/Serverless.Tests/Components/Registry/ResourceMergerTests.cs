using Serverless.Components.Registry.Resources;
using Serverless.Components.Registry.Sources;

namespace Serverless.Tests.Components.Registry;

public sealed class ResourceMergerTests
{
    private static readonly ResourceKey Key = new(ResourceKey.Component, "a");

    private static ResourceEvent Put(string origin, ResourceEventKind kind = ResourceEventKind.Added) =>
        new(kind, Key, new ComponentDefinition { Key = Key, Hash = origin, Origin = origin, Type = "state.fake" });

    private static ResourceEvent Gone() => new(ResourceEventKind.Deleted, Key, null);

    [Fact]
    public void Apply_HigherSourceCoversAndUncovers_GivesUpdates()
    {
        var merger = new ResourceMerger(2);
        Assert.Equal(ResourceEventKind.Added, Assert.Single(merger.Apply(0, [Put("low")])).Kind);

        var covered = Assert.Single(merger.Apply(1, [Put("high")]));
        Assert.Equal((ResourceEventKind.Updated, "high"), (covered.Kind, covered.Resource!.Origin));
        Assert.Empty(merger.Apply(0, [Put("low2", ResourceEventKind.Updated)]));

        var exposed = Assert.Single(merger.Apply(1, [Gone()]));
        Assert.Equal((ResourceEventKind.Updated, "low2"), (exposed.Kind, exposed.Resource!.Origin));
        Assert.Equal(ResourceEventKind.Deleted, Assert.Single(merger.Apply(0, [Gone()])).Kind);
    }

    [Fact]
    public void Winners_ConfigurationsOfDifferentNames_OfTheHigherSourceOverride()
    {
        static ResourceEvent Say(string name, bool logs, int rank = -1)
        {
            var key = new ResourceKey(ResourceKey.Configuration, name);
            return new(ResourceEventKind.Added, key, new RuntimeConfiguration { Key = key, Hash = name, Origin = name, Rank = rank, ApiLogging = logs });
        }

        var merger = new ResourceMerger(3);
        merger.Apply(1, [Say("container", true)]);
        merger.Apply(0, [Say("directory", false)]);
        Assert.True(RuntimeConfiguration.Merge(merger.Winners.Values.OfType<RuntimeConfiguration>()).ApiLogging);

        merger.Apply(2, [Say("--config", false, rank: 0)]);
        Assert.False(RuntimeConfiguration.Merge(merger.Winners.Values.OfType<RuntimeConfiguration>()).ApiLogging);
    }

    [Fact]
    public void Replace_Table_OrdersDeletedUpdatedAdded()
    {
        static Dictionary<ResourceKey, Resource> Resources(params (string Name, string Hash)[] entries) => entries.ToDictionary(
            entry => new ResourceKey(ResourceKey.Component, entry.Name),
            entry => (Resource)new ComponentDefinition { Key = new ResourceKey(ResourceKey.Component, entry.Name), Hash = entry.Hash, Origin = "", Type = "" });

        var table = new ResourceTable();
        Assert.Equal(["b", "c", "d"], table.Replace(Resources(("d", "1"), ("b", "1"), ("c", "1"))).Select(change => change.Key.Name));
        var events = table.Replace(Resources(("z", "1"), ("a", "1"), ("d", "2"), ("c", "1")));
        Assert.Equal(
            [(ResourceEventKind.Deleted, "b"), (ResourceEventKind.Updated, "d"), (ResourceEventKind.Added, "a"), (ResourceEventKind.Added, "z")],
            events.Select(change => (change.Kind, change.Key.Name)));
        Assert.Empty(table.Replace(Resources(("z", "1"), ("a", "1"), ("d", "2"), ("c", "1"))));
    }
}
