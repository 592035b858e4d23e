using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Resources;

namespace Serverless.Tests.Components.Registry;

public sealed class LiveSetTests
{
    private static ComponentDefinition Define(string name, string hash = "") => new()
    {
        Key = new ResourceKey(ResourceKey.Component, name),
        Hash = hash,
        Origin = "",
        Type = "state.fake",
    };

    [Fact]
    public void Update_Commits_AllOrNothing()
    {
        var set = new LiveSet();
        set.Update(transaction => transaction.Create(Define("a")));
        var before = set.View;
        var exception = Assert.Throws<LiveConflictException>(() => set.Update(transaction =>
        {
            transaction.Create(Define("b"));
            transaction.Create(Define("a"));
        }));
        Assert.Equal(LiveConflict.Exists, exception.Conflict);
        Assert.Same(before, set.View);
        Assert.Equal(1, set.View.Version);
    }

    [Fact]
    public void Update_StaleVersion_IsRefused()
    {
        var set = new LiveSet();
        set.Update(transaction => transaction.Create(Define("a")));
        set.Update(transaction => transaction.Update(Define("a", "2"), null, 1));
        Assert.Equal(LiveConflict.Sequence, Assert.Throws<LiveConflictException>(() => set.Update(transaction => transaction.Update(Define("a", "3"), null, 1))).Conflict);
        Assert.Equal(LiveConflict.NotExist, Assert.Throws<LiveConflictException>(() => set.Update(transaction => transaction.Update(Define("b"), null, 1))).Conflict);
        Assert.Equal(LiveConflict.NotExist, Assert.Throws<LiveConflictException>(() => set.Update(transaction => transaction.Delete(new ResourceKey("Component", "b")))).Conflict);
    }

    [Fact]
    public void Update_WithoutChanges_PublishesNothing()
    {
        var set = new LiveSet();
        using var watch = set.ViewAndWatch();
        Assert.Equal(0, set.Update(_ => { }).Version);
        Assert.False(watch.Commits.TryRead(out _));
    }

    [Fact]
    public async Task ViewAndWatch_ManyWriters_SeesEveryCommitOnceInOrder()
    {
        var set = new LiveSet();
        set.Update(transaction => transaction.Create(Define("first")));
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                set.Update(transaction => transaction.Create(Define($"{writer}-{i}")));
            }
        })).ToArray();
        using var watch = set.ViewAndWatch();
        await Task.WhenAll(writers);

        var seen = watch.View.Resources.Count;
        var version = watch.View.Version;
        while (watch.Commits.TryRead(out var commit))
        {
            Assert.Equal(++version, commit.View.Version);
            Assert.Null(Assert.Single(commit.Changes).Before);
            seen++;
        }

        Assert.Equal(401, seen);
        Assert.Equal(401, set.View.Resources.Count);
    }

    [Fact]
    public void Dispose_Watch_EndsItsCommits()
    {
        var set = new LiveSet();
        var watch = set.ViewAndWatch();
        watch.Dispose();
        set.Update(transaction => transaction.Create(Define("a")));
        Assert.True(watch.Commits.Completion.IsCompleted);
    }
}
