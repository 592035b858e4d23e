using Serverless.Components.Clients.Sqlite;

namespace Serverless.Tests.Clients.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("serverless-database-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteSettings Settings => new() { Source = SqliteSource.Parse(Path.Combine(_directory, "test.db")), Owner = "a" };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task SharedFile_AfterItsLastUser_IsForgotten()
    {
        var source = Settings.Source.Resolve();
        var one = await OpenAsync(Settings);
        var other = await OpenAsync(Settings);

        await one.DisposeAsync();
        Assert.True(SqliteSharedFile.IsKnown(source));
        await other.DisposeAsync();
        Assert.False(SqliteSharedFile.IsKnown(source));

        await Assert.ThrowsAsync<InvalidOperationException>(() => SqliteDatabase.OpenAsync(Settings, static _ => throw new InvalidOperationException(), Cancellation));
        Assert.False(SqliteSharedFile.IsKnown(source));
    }

    [Fact]
    public async Task BusyTimeout_OfTheLatestUser_HoldsForAll()
    {
        await using var one = await OpenAsync(Settings with { BusyTimeout = TimeSpan.FromSeconds(1) });
        await one.ReadAsync(0, static (connection, _) => connection.BusyTimeout, Cancellation);

        await using var other = await OpenAsync(Settings with { BusyTimeout = TimeSpan.FromSeconds(3) });

        Assert.Equal(TimeSpan.FromSeconds(3), await one.WriteAsync(0, static (connection, _) => connection.BusyTimeout, Cancellation));
        Assert.Equal(TimeSpan.FromSeconds(3), await one.ReadAsync(0, static (connection, _) => connection.BusyTimeout, Cancellation));
    }

    [Fact]
    public async Task BusyTimeout_OfAUserWhoIsRefused_ChangesNothing()
    {
        await using var one = await OpenAsync(Settings with { BusyTimeout = TimeSpan.FromSeconds(1) });

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => SqliteDatabase.OpenAsync(Settings with { BusyTimeout = TimeSpan.FromSeconds(3) }, static _ => throw new InvalidOperationException(), Cancellation));

        Assert.Equal(TimeSpan.FromSeconds(1), await one.WriteAsync(0, static (connection, _) => connection.BusyTimeout, Cancellation));
    }

    [Theory]
    [InlineData("?_pragma=cache_size(-100)", true, nameof(SqliteDifference.Pragmas))]
    [InlineData("?vfs=unix-excl", true, nameof(SqliteDifference.Parameters))]
    [InlineData("", false, nameof(SqliteDifference.Journal))]
    public async Task Settings_ThatDiffer_AreRefusedFromOthersAndPostponedForASuccessor(string query, bool usesWal, string difference)
    {
        await using var one = await OpenAsync(Settings);
        var changed = Settings with { Source = SqliteSource.Parse(Settings.Source.File + query), UseWal = usesWal };

        var conflict = await Assert.ThrowsAsync<SqliteSharingException>(() => OpenAsync(changed with { Owner = "b" }));
        await using var successor = await OpenAsync(changed);

        Assert.Equal(difference, $"{conflict.Difference}");
        Assert.Equal(difference, $"{successor.Unapplied}");
    }

    [Theory]
    [InlineData("?mode=rw")]
    [InlineData("?mode=rwc&cache=shared")]
    public async Task Settings_ThatMeanTheSame_AreShared(string query)
    {
        await using var one = await OpenAsync(Settings);
        await using var other = await OpenAsync(Settings with { Source = SqliteSource.Parse(Settings.Source.File + query), Owner = "b" });

        Assert.Equal(SqliteDifference.None, other.Unapplied);
        Assert.Equal(one.Commits, other.Commits);
    }

    private static Task<SqliteDatabase> OpenAsync(SqliteSettings settings) => SqliteDatabase.OpenAsync(settings, static _ => { }, Cancellation);
}
