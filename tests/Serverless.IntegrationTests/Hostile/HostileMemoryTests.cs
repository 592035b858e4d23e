using System.Text;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Hostile;

/// <summary>design.md §8: after a hostile run resident memory is within 20 % of its warm value.</summary>
public sealed class HostileMemoryTests
{
    // The collector grows its heap for some rounds before it settles; a leak never settles.
    private const int MaxWarmRounds = 120;
    private const int SteadyRounds = 12;
    private const double SteadyGrowth = 1.05;
    private const int AttackRounds = 15;
    private const int SettleRequests = 20;
    private const double AllowedGrowth = 1.2;
    private static readonly TimeSpan CollectLimit = TimeSpan.FromSeconds(30);
    private static readonly byte[] Large = Encoding.UTF8.GetBytes($"[{{\"key\":\"large\",\"value\":\"{new string('x', 1 << 20)}\"}}]");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_AfterAnAttack_ComesBackToItsWarmValue()
    {
        await using var app = await AppProcess.StartAsync(
            new AppSettings { Resources = new Dictionary<string, string> { ["store.yaml"] = Resources.InMemoryStore(IWireTarget.StoreName) } }, Token);
        var warm = await WarmAsync(app);

        for (var round = 0; round < AttackRounds; round++)
        {
            await AttackAsync(app);
        }

        // Read again and again, under the traffic that makes the collector work on the large objects too: a leak only grows.
        var isBack = await Eventually.TrueAsync(
            async () =>
            {
                await AttackAsync(app);
                return await SettleAsync(app) <= warm * AllowedGrowth;
            },
            CollectLimit,
            Token);
        Assert.True(isBack, $"{app.Process.ResidentBytes >> 20} MiB, warm {warm >> 20} MiB");
    }

    // Attacks until the readings of some rounds stay together; the warm value is the highest of them.
    private static async Task<long> WarmAsync(AppProcess app)
    {
        var readings = new List<long>();
        while (readings.Count < MaxWarmRounds)
        {
            await AttackAsync(app);
            readings.Add(await SettleAsync(app));
            var recent = readings.TakeLast(SteadyRounds).ToList();
            if (recent.Count == SteadyRounds && recent.Max() <= recent[0] * SteadyGrowth)
            {
                return recent.Max();
            }
        }

        Assert.Fail($"memory never settles: {string.Join(", ", readings.Select(reading => $"{reading >> 20} MiB"))}");
        return 0;
    }

    private static async Task AttackAsync(AppProcess app)
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

    private static async Task<long> SettleAsync(AppProcess app)
    {
        var reading = 0L;
        for (var count = 0; count < SettleRequests; count++)
        {
            reading = await SendLargeAsync(app);
        }

        return reading;
    }

    private static async Task<long> SendLargeAsync(AppProcess app)
    {
        await RawClient.SendAsync(app.Port, new RawRequest("POST", $"/v1.0/state/{IWireTarget.StoreName}") { Body = Large }, Token);
        return app.Process.ResidentBytes;
    }
}
