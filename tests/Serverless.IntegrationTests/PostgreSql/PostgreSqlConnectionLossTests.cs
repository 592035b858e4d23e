using System.Globalization;

namespace Serverless.IntegrationTests.PostgreSql;

/// <summary>Connections are lost while the server lives.</summary>
public sealed class PostgreSqlConnectionLossTests(PostgreSqlApp postgres) : IClassFixture<PostgreSqlApp>
{
    private const int Rounds = 40;
    private const int ServedBetween = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_EndedAgainAndAgain_NoReadFailsAndNothingIsLost()
    {
        await using var storm = await postgres.StartStormAsync(postgres.State);
        var ended = 0;

        for (var round = 0; round < Rounds; round++)
        {
            await storm.ServeAsync(ServedBetween);
            ended += int.Parse(
                (await postgres.Server.Witness.TextAsync(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'", Token))!,
                CultureInfo.InvariantCulture);
        }

        await storm.AssertNothingLostAsync();
        Assert.Equal(0, storm.FailedReads);
        Assert.True(ended >= Rounds, $"{ended} ended");
    }

    [Fact]
    public async Task Connections_ResetAgainAndAgain_NoReadFailsAndWritesTellTheirFate()
    {
        await using var storm = await postgres.StartStormAsync(postgres.ProxiedState);

        for (var round = 0; round < Rounds; round++)
        {
            await storm.ServeAsync(ServedBetween);
            postgres.Proxy.CutAll();
        }

        await storm.AssertNothingLostAsync(postgres.State);
        Assert.Equal(0, storm.FailedReads);
        Assert.True(postgres.Proxy.Accepted > Rounds, $"{postgres.Proxy.Accepted} connections");
    }
}
