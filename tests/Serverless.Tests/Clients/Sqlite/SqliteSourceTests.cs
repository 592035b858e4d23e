using Serverless.Components.Clients.Sqlite;

namespace Serverless.Tests.Clients.Sqlite;

public sealed class SqliteSourceTests
{
    [Theory]
    [InlineData("/no-such/state.db", "/no-such/state.db", "file:/no-such/state.db")]
    [InlineData("file:/no-such/state.db", "/no-such/state.db", "file:/no-such/state.db")]
    [InlineData("file:///no-such/state.db", "/no-such/state.db", "file:/no-such/state.db")]
    [InlineData("file://localhost/no-such/a%20b%3fc.db", "/no-such/a b?c.db", "file:/no-such/a b%3fc.db")]
    [InlineData("/no-such/100%41#1.db", "/no-such/100%41#1.db", "file:/no-such/100%2541%231.db")]
    [InlineData("/no-such/state.db?cache=shared&mode=rwc", "/no-such/state.db", "file:/no-such/state.db?mode=rwc")]
    [InlineData("/no-such/../no-such/./state.db", "/no-such/state.db", "file:/no-such/state.db")]
    public void Parse_Paths(string text, string file, string uri)
    {
        var source = SqliteSource.Parse(text);

        Assert.Equal(file, source.File);
        Assert.Equal(uri, source.Uri);
        Assert.True(source.MayCreate);
        Assert.False(source.IsReadOnly);
    }

    [Theory]
    [InlineData("state.db")]
    [InlineData("file:state.db?_txlock=immediate")]
    public void Parse_RelativePath_CountsFromTheWorkingDirectory(string text) =>
        Assert.Equal(SqliteSource.Parse(Path.Combine(Environment.CurrentDirectory, "state.db")).File, SqliteSource.Parse(text).File);

    [Theory]
    [InlineData(":memory:")]
    [InlineData(":MEMORY:?_pragma=cache_size(10)")]
    [InlineData("file::memory:?cache=shared")]
    [InlineData("file:any?mode=memory")]
    public void Parse_Memory_HasNoFile(string text) => Assert.Null(SqliteSource.Parse(text).File);

    [Theory]
    [InlineData("/no-such/a.db?mode=ro", true)]
    [InlineData("/no-such/a.db?immutable=1", true)]
    [InlineData("/no-such/a.db?mode=rw", false)]
    public void Parse_Modes_ThatCreateNothing(string text, bool isReadOnly)
    {
        var source = SqliteSource.Parse(text);

        Assert.False(source.MayCreate);
        Assert.Equal(isReadOnly, source.IsReadOnly);
    }

    [Fact]
    public void Parse_Options_AreTakenApart()
    {
        var source = SqliteSource.Parse("/no-such/a.db?_pragma=cache_size(-8000)&_pragma=temp_store%3DMEMORY&_txlock=Deferred&vfs=unix");

        Assert.Equal(["cache_size(-8000)", "temp_store=MEMORY"], source.Pragmas);
        Assert.Equal("deferred", source.TransactionLock);
        Assert.Equal("file:/no-such/a.db?vfs=unix", source.Uri);
    }

    [Theory]
    [InlineData("", "a file path")]
    [InlineData("file:", "a file path")]
    [InlineData("file://server/a.db", "a file: URI without a host")]
    [InlineData("a.db?_pragma=journal_mode(DELETE)", "no _pragma=journal_mode")]
    [InlineData("a.db?_pragma=Busy_Timeout%3D1", "no _pragma=busy_timeout")]
    [InlineData("a.db?_pragma=foreign_keys(1)", "no _pragma=foreign_keys")]
    [InlineData("a.db?_pragma=user_version(1);DROP TABLE state", "_pragma in the form name(value)")]
    [InlineData("a.db?_pragma=synchronous(OFF)", "_pragma=synchronous to be FULL or EXTRA")]
    [InlineData("a.db?_pragma=Synchronous%3D1", "_pragma=synchronous to be FULL or EXTRA")]
    [InlineData("a.db?_pragma=synchronous", "_pragma=synchronous to be FULL or EXTRA")]
    [InlineData("file:a%00b.db", "a file path")]
    [InlineData("a.db?_txlock=soon", "_txlock to be deferred, immediate or exclusive")]
    public void Parse_Nonsense_IsExplained(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => SqliteSource.Parse(text)).Message);

    [Theory]
    [InlineData("synchronous(FULL)")]
    [InlineData("synchronous( extra )")]
    [InlineData("SYNCHRONOUS(2)")]
    [InlineData("synchronous(3)")]
    public void Parse_SynchronousThatKeepsThePromise_IsPassed(string pragma) =>
        Assert.Equal([pragma], SqliteSource.Parse($"a.db?_pragma={pragma}").Pragmas);

    [Fact]
    public void Resolve_LinkedDirectory_GivesTheRealFile()
    {
        var directory = Directory.CreateTempSubdirectory("serverless-source-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(directory, "real"));
            Directory.CreateSymbolicLink(Path.Combine(directory, "link"), "real");

            var linked = SqliteSource.Parse(Path.Combine(directory, "link", "state.db"));

            Assert.Equal(Path.Combine(directory, "link", "state.db"), linked.File);
            Assert.Equal(SqliteSource.Parse(Path.Combine(directory, "real", "state.db")).Resolve().File, linked.Resolve().File);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
