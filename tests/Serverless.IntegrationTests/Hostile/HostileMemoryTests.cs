using System.Text;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Hostile;

/// <summary>design.md §8: after a hostile run resident memory is within 20 % of its warm value.</summary>
public sealed class HostileMemoryTests
{
    // The collector grows its heap for some rounds before it settles; a leak goes on growing.
    private const int WarmRounds = 7;
    private const int AttackRounds = 7;
    private const int SettleRequests = 100;
    private const double AllowedGrowth = 1.2;
    private static readonly TimeSpan CollectLimit = TimeSpan.FromSeconds(30);
    private static readonly byte[] Large = Encoding.UTF8.GetBytes($"[{{\"key\":\"large\",\"value\":\"{new string('x', 1 << 20)}\"}}]");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_AfterAnAttack_ComesBackToItsWarmValue()
    {
        await using var app = await AppProcess.StartAsync(
            new AppSettings { Resources = new Dictionary<string, string> { ["store.yaml"] = Resources.InMemoryStore(IWireTarget.StoreName) } }, Token);
        await AttackAsync(app, WarmRounds);
        var warm = await SettleAsync(app);

        await AttackAsync(app, AttackRounds);

        // Memory is asked for again and again, under traffic that lets the collector run.
        var isBack = await Eventually.TrueAsync(async () => await SendLargeAsync(app) <= warm * AllowedGrowth, CollectLimit, Token);
        Assert.True(isBack, $"{app.Process.ResidentBytes >> 20} MiB, warm {warm >> 20} MiB");
    }

    private static async Task AttackAsync(AppProcess app, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var body in HostileBodies.All.Values)
            {
                foreach (var path in new[] { "", "/bulk", "/transaction" })
                {
                    var request = new RawRequest("POST", $"/v1.0/state/{IWireTarget.StoreName}{path}") { Body = body };
                    await RawClient.SendAsync(app.Port, request, Token);
                }
            }
        }
    }

    // The warm value is the lowest seen under ordinary traffic: the strictest one.
    private static async Task<long> SettleAsync(AppProcess app)
    {
        var lowest = long.MaxValue;
        for (var count = 0; count < SettleRequests; count++)
        {
            lowest = Math.Min(lowest, await SendLargeAsync(app));
        }

        return lowest;
    }

    private static async Task<long> SendLargeAsync(AppProcess app)
    {
        await RawClient.SendAsync(app.Port, new RawRequest("POST", $"/v1.0/state/{IWireTarget.StoreName}") { Body = Large }, Token);
        return app.Process.ResidentBytes;
    }
}
