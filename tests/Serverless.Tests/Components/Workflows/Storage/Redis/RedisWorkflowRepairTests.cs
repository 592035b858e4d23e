using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>What was removed by other means is put back.</summary>
public sealed class RedisWorkflowRepairTests : RedisWorkflowTest
{
    [Theory]
    [InlineData("turns")]
    [InlineData("activities")]
    [InlineData("others")]
    [InlineData("bells")]
    [InlineData("owned")]
    public async Task Repair_IndexLost_PutsItemsBack(string index)
    {
        await StartAsync(Item("a1"), Item("a2", owner: Me), Item("t1", WorkKind.Timer));
        await Store.AppendAsync(Id, Message("m1"), null, Token);
        for (var number = 0; number < 250; number++)
        {
            await Store.CreateAsync(New($"w{number}") with { Owner = null }, Token);
        }

        Assert.Equal(1, (await Server.Cli.CallAsync(["DEL", "{app||workflow||0}" + index], Token)).Number);
        Assert.NotEmpty(await RedisWorkflowAudit.FaultsAsync(Server, Token));

        await Store.RepairAsync(Now, Token);

        await VerifyAsync();
    }

    [Fact]
    public async Task Repair_SessionsLost_FreesTheirItems()
    {
        await StartAsync(Item("a1", owner: Me), Item("t1", WorkKind.Timer, Me));
        await Server.Cli.CallAsync(["DEL", "{app||workflow||0}sessions"], Token);
        var you = Guid.NewGuid();
        await OpenSessionAsync(you);

        await Store.RepairAsync(Now, Token);

        var claim = await Store.ClaimAsync(new WorkClaim { Owner = you, Now = Now, MostTurns = 10, MostActivities = 10 }, Token);
        Assert.Equal(["a1", "t1"], claim.Items.Select(item => item.WorkId).Order(StringComparer.Ordinal));
        await VerifyAsync();
    }

    [Fact]
    public async Task Repair_PayloadWithoutInstance_RemovesItWhenItIsOld()
    {
        await Store.PutPayloadAsync(Id, "p1", new byte[10], Token);
        await Store.PutPayloadAsync("order-2", "p1", new byte[10], Token);
        await Store.CreateAsync(New("order-2"), Token);

        await Store.RepairAsync(Now.AddMinutes(30), Token);
        Assert.NotNull(await Store.GetPayloadAsync(Id, "p1", Token));
        await Store.RepairAsync(Now.AddMinutes(90), Token);

        Assert.Null(await Store.GetPayloadAsync(Id, "p1", Token));
        Assert.NotNull(await Store.GetPayloadAsync("order-2", "p1", Token));
        Assert.DoesNotContain("{app||workflow||0}loose", await KeysAsync());
    }

    [Fact]
    public async Task EndSession_WithThousandsOfItems_FreesThemAll()
    {
        await StartAsync([.. Enumerable.Range(0, 3500).Select(number => Item($"a{number}", (WorkKind)(1 + (number % 2)), Me))]);
        await Server.Cli.CallAsync(["ZADD", "{app||workflow||0}sessions", "XX", "1", Me.ToString("N")], Token);

        Assert.Equal(1, await Store.ExpireSessionsAsync(Now, Token));

        Assert.Equal(3500, (await Server.Cli.CallAsync(["ZCARD", "{app||workflow||0}bells"], Token)).Number);
        await VerifyAsync();
    }
}
