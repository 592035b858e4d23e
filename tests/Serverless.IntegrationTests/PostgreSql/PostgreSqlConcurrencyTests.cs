using System.Globalization;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.PostgreSql;

/// <summary>Many requests at once share few connections, and each gets its own answer.</summary>
public sealed class PostgreSqlConcurrencyTests(PostgreSqlApp postgres) : IClassFixture<PostgreSqlApp>
{
    private const int Callers = 500;
    private const int BatchSize = 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_FiveHundredAtOnce_EachGetsItsOwnAnswerFromFourConnections()
    {
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(CallAsync));

        var connections = await postgres.Server.Witness.TextAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'", Token);
        Assert.InRange(int.Parse(connections!, CultureInfo.InvariantCulture), 1, 2 * Math.Max(4, Environment.ProcessorCount));
    }

    [Fact]
    public async Task Array_AThousandKeys_AllAreThere()
    {
        var numbers = Enumerable.Range(0, BatchSize).ToList();

        var saved = await postgres.ProxiedState.SaveAllAsync(numbers.Select(number => (Key(number), Value(number))), Token);
        var read = await postgres.ProxiedState.GetAllAsync(numbers.Select(Key), Token);

        Assert.True(saved.IsSuccess, saved.ToString());
        Assert.Equal(
            numbers.Select(number => (Key(number), number)),
            JsonNode.Parse(read.Body)!.AsArray().Select(item => (item!["key"]!.GetValue<string>(), item["data"]!.GetValue<int>())));
    }

    private static string Key(int number) => $"many-{Value(number)}";

    private static string Value(int number) => number.ToString(CultureInfo.InvariantCulture);

    // With the default timeout: all of them wait for few connections.
    private async Task CallAsync(int number)
    {
        var (key, value) = ($"caller-{Value(number)}", Value(number));
        var saved = number % 2 == 0
            ? await postgres.ProxiedState.TransactAsync([(key, value), (key + "-b", value)], Token)
            : await postgres.ProxiedState.SaveAsync(key, value, Token);
        Assert.True(saved.IsSuccess, saved.ToString());
        Assert.Equal(value, (await postgres.ProxiedState.GetAsync(key, Token)).Body);
        Assert.True((await postgres.ProxiedState.DeleteAsync(key, Token)).IsSuccess);
        Assert.Equal("", (await postgres.ProxiedState.GetAsync(key, Token)).Body);
    }
}
