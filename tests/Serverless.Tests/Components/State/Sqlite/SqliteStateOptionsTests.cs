using Serverless.Components.Registry;
using Serverless.Components.State.Sqlite;

namespace Serverless.Tests.Components.State.Sqlite;

public sealed class SqliteStateOptionsTests
{
    [Fact]
    public void Defaults_AreDaprs()
    {
        var options = Read(("connectionString", "/no-such/a.db"));

        Assert.Equal(TimeSpan.FromSeconds(20), options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Connection.BusyTimeout);
        Assert.False(options.Connection.DisableWal);
        Assert.Equal("state", options.TableName);
        Assert.Equal("metadata", options.MetadataTableName);
        Assert.Null(options.CleanupInterval);
    }

    [Fact]
    public void Everything_CanBeSet()
    {
        var options = Read(
            ("URL", "/no-such/a.db"), ("timeoutInSeconds", "5"), ("busyTimeout", "250ms"), ("disableWAL", "yes"),
            ("tableName", "t1"), ("metadataTableName", "T_2"), ("cleanupIntervalInSeconds", "90"));

        Assert.Equal("/no-such/a.db", options.Connection.Source.File);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.Connection.BusyTimeout);
        Assert.True(options.Connection.DisableWal);
        Assert.Equal("t1", options.TableName);
        Assert.Equal("T_2", options.MetadataTableName);
        Assert.Equal(TimeSpan.FromSeconds(90), options.CleanupInterval);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0s")]
    public void CleanupInterval_Zero_IsOff(string value) => Assert.Null(Read(("connectionString", "/a"), ("cleanupInterval", value)).CleanupInterval);

    [Theory]
    [InlineData("1ms")]
    [InlineData("1176h")]
    public void CleanupInterval_ATimerCanWait_IsTaken(string value) => Assert.NotNull(Read(("connectionString", "/a"), ("cleanupInterval", value)).CleanupInterval);

    [Fact]
    public void Faults_AreReportedTogether()
    {
        var refusal = Assert.Throws<ComponentException>(() => Read(("timeout", "10ms"), ("tableName", "a;b"), ("metadataTableName", "m\"")));

        Assert.Equal(
            "component 'statestore': metadata 'connectionString': expected a value (it is required); metadata 'tableName': expected letters A-Z, digits and _ only; "
            + "metadata 'metadataTableName': expected letters A-Z, digits and _ only; metadata 'timeout': expected at least 1s",
            refusal.Message);
    }

    [Theory]
    [InlineData("metadataTableName", "State", "metadata 'metadataTableName': expected another name than that of 'tableName'")]
    [InlineData("cleanupInterval", "1200h", "metadata 'cleanupInterval': expected 0 (off) or from 1ms to 49 days (1176h)")]
    [InlineData("cleanupInterval", "1us", "metadata 'cleanupInterval': expected 0 (off) or from 1ms to 49 days (1176h)")]
    [InlineData("connectionString", "a.db?_pragma=synchronous(NORMAL)", "metadata 'connectionString': expected _pragma=synchronous to be FULL or EXTRA")]
    [InlineData("connectionString", "a.db?_pragma=busy_timeout(1)", "metadata 'connectionString': expected no _pragma=busy_timeout")]
    public void Fault_NamesItsItem(string name, string value, string message)
    {
        var items = name == "connectionString" ? [(name, value)] : new[] { ("connectionString", "/a"), (name, value) };

        Assert.Equal($"component 'statestore': {message}", Assert.Throws<ComponentException>(() => Read(items)).Message);
    }

    private static SqliteStateOptions Read(params (string Name, string Value)[] items) =>
        SqliteStateOptions.Read(StateContexts.Create("state.sqlite", TimeProvider.System, items).Metadata);
}
