using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>Which keys there are, and when they go.</summary>
public sealed class RedisWorkflowLayoutTests : RedisWorkflowTest
{
    private static readonly string[] Worked =
    [
        "{app||workflow||0}activities", "{app||workflow||0}bells", "{app||workflow||0}b:order-1", "{app||workflow||0}h:order-1", "{app||workflow||0}i:order-1",
        "{app||workflow||0}list", "{app||workflow||0}m:order-1", "{app||workflow||0}others", "{app||workflow||0}owned", "{app||workflow||0}p:order-1",
        "{app||workflow||0}sessions", "{app||workflow||0}turns", "{app||workflow||0}w:order-1", "{app||workflow||0}workers",
    ];

    [Fact]
    public async Task Keys_OfAnApp_HaveOneHashTag()
    {
        await StartAsync(Item("a1"), Item("a2", owner: Me), Item("t1", WorkKind.Timer));
        await Store.AppendAsync(Id, Message("m1"), null, Token);
        await Store.PutPayloadAsync(Id, "p1", new byte[100_000], Token);

        Assert.Equal(Worked.Order(StringComparer.Ordinal), await KeysAsync());
        await VerifyAsync();
    }

    [Fact]
    public async Task Keys_AfterThePurge_AreThoseOfTheSessionAlone()
    {
        await Store.PutPayloadAsync(Id, "early", new byte[100_000], Token);
        await StartAsync(Item("a1"), Item("a2", owner: Me), Item("t1", WorkKind.Timer), Item("m1", WorkKind.Message, Me));
        await Store.AppendAsync(Id, Message("x1"), null, Token);
        await Store.CompleteAsync(Item("a2"), Me, Message("r2"), Token);
        await CommitAsync(await TurnAsync() with { ReplacesHistory = true, NewWork = [Item("a3"), Item("a4", owner: Me)] });
        await Store.PutPayloadAsync(Id, "p1", new byte[100_000], Token);
        await Store.AppendAsync(Id, Message("x2"), Me, Token);
        await Store.AppendAsync(Id, Message("x3"), null, Token);
        var last = await TurnAsync();
        await CommitAsync(last with { Record = last.Record with { Status = WorkflowRuntimeStatus.Completed }, Ends = true, Consumed = ["x2"], NewWork = [Item("purge", WorkKind.Purge)] });
        await VerifyAsync();
        Assert.Equal(["m1", "purge"], (await Server.Cli.CallAsync(["HKEYS", "{app||workflow||0}w:order-1"], Token)).List.Order(StringComparer.Ordinal));
        await Store.CompleteAsync(Item("m1", WorkKind.Message), Me, null, Token);

        Assert.True(await Store.PurgeAsync(Id, last.Record.Version, Token));

        Assert.Equal(["{app||workflow||0}sessions", "{app||workflow||0}workers"], await KeysAsync());
        await Store.EndSessionAsync(Me, Token);
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Apps_OfOddNames_ShareNothing()
    {
        string[] names = ["a", "a||workflow", "{a}", "%7Ba%7D", "a}b", "0", "ä ü"];
        var session = Guid.NewGuid();
        foreach (var name in names)
        {
            await using var store = await OpenAsync(name);
            await OpenSessionAsync(session, store);
            Assert.Equal(CreateOutcome.Created, await store.CreateAsync(New() with { Owner = null }, Token));
            Assert.Single((await store.ListAsync(new WorkflowFilter { PageSize = 10 }, Token))!.Records);
            Assert.Single((await store.ClaimAsync(new WorkClaim { Owner = session, Now = Now, MostTurns = 10, MostActivities = 10 }, Token)).Items);
        }

        var slots = (await KeysAsync()).Select(key => key[..(key.IndexOf('}', StringComparison.Ordinal) + 1)]).Distinct(StringComparer.Ordinal).Count();
        Assert.Equal(names.Length + 1, slots);
        await VerifyAsync();
    }

    [Theory]
    [InlineData("{x}")]
    [InlineData("a/b:c")]
    [InlineData("{}")]
    [InlineData("Bestellung-ü 😀")]
    public async Task Instance_OfOddName_Works(string id)
    {
        Assert.Equal(CreateOutcome.Created, await Store.CreateAsync(New(id), Token));
        await CommitAsync(await TurnAsync(id) with { NewWork = [Item("a1") with { InstanceId = id, Name = "Ä:1" }] });

        var claim = await Store.ClaimAsync(new WorkClaim { Owner = Me, Now = Now, MostTurns = 1, MostActivities = 1 }, Token);

        Assert.Equal((id, "a1", "Ä:1"), claim.Items.Select(item => (item.InstanceId, item.WorkId, item.Name)).Single());
        Assert.Equal(id, (await Store.ListAsync(new WorkflowFilter { PageSize = 10 }, Token))!.Records.Single().InstanceId);
        await VerifyAsync();
    }
}
