namespace Serverless.Tests.Components.State.Sqlite;

public sealed class SqliteWriteRateTests
{
    /// <summary>Prints the figures; run with <c>-explicit only -showLiveOutput</c>, from a release build.</summary>
    [Fact(Explicit = true)]
    public async Task WriteRate_BesideTheShell()
    {
        var cancellation = TestContext.Current.CancellationToken;
        for (var pair = 0; pair < 5; pair++)
        {
            using var folder = new SqliteFolder();
            using var one = new SqliteFolder();
            using var many = new SqliteFolder();
            var shell = await SqliteWriteRate.ShellAsync(folder, 4000, cancellation);
            var lone = await SqliteWriteRate.StoreAsync(one, 1, 4000, cancellation);
            var crowd = await SqliteWriteRate.StoreAsync(many, 64, 40_000, cancellation);
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"shell {shell:0}/s, 1 writer {lone.Rate:0}/s ({lone.Rate / shell:0.00}x), 64 callers {crowd.Rate:0}/s ({crowd.Rate / shell:0.0}x, {crowd.Group:0.0} writes per commit)");
        }
    }
}
