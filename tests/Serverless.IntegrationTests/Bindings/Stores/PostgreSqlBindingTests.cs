using System.Globalization;
using System.Net;
using static Serverless.IntegrationTests.Bindings.Stores.PostgreSqlBindingFixture;
using static Serverless.IntegrationTests.Bindings.Stores.StoreBindingApp;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>bindings.postgresql, and its older name, on a real server.</summary>
public sealed class PostgreSqlBindingTests(PostgreSqlBindingFixture postgres) : IClassFixture<PostgreSqlBindingFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exec_Statements_TellWhatTheyTouched()
    {
        var create = await ExecAsync("CREATE TABLE touched (id int PRIMARY KEY, name text)");
        var insert = await ExecAsync("INSERT INTO touched VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        var update = await ExecAsync("UPDATE touched SET name = 'z' WHERE id > $1", "[1]");
        var select = await ExecAsync("SELECT * FROM touched");

        Assert.Equal(["0", "3", "2", "3"], new[] { create, insert, update, select }.Select(answer => answer.Metadata["rows-affected"]));
        Assert.Equal((HttpStatusCode.OK, ""), (insert.Status, insert.Text));
        Assert.Equal(("exec", "SELECT * FROM touched"), (select.Metadata["operation"], select.Metadata["sql"]));
        var started = DateTimeOffset.Parse(select.Metadata["start-time"], CultureInfo.InvariantCulture);
        Assert.True(DateTimeOffset.Parse(select.Metadata["end-time"], CultureInfo.InvariantCulture) >= started);
        Assert.Matches(@"^[0-9.]+\D{1,3}$", select.Metadata["duration"]);
    }

    [Fact]
    public async Task Query_NoRows_IsAnEmptyArray()
    {
        var answer = await postgres.App.CallAsync(Direct, "query", null, ("sql", "SELECT 1 WHERE false"));

        Assert.Equal((HttpStatusCode.OK, "[]"), (answer.Status, answer.Text));
        Assert.False(answer.Metadata.ContainsKey("rows-affected"));
    }

    [Theory]
    [InlineData("1::int2, 2::int4, 9223372036854775807::int8", "1,2,9223372036854775807")]
    [InlineData("1.50::numeric, 'NaN'::numeric, 0.1::float8, 1e20::float8, 'NaN'::float8, 1.5::float4", "1.50,\"NaN\",0.1,1e+20,\"NaN\",1.5")]
    [InlineData("true, false, null", "true,false,null")]
    [InlineData("'a \"b\" ü'::text, 'x'::varchar, 'y'::char(3)", "\"a \\\"b\\\" ü\",\"x\",\"y  \"")]
    [InlineData("'2024-01-02 03:04:05.678'::timestamp, '2024-01-02 03:04:05+02'::timestamptz, '2024-01-02'::date", "\"2024-01-02T03:04:05.678Z\",\"2024-01-02T01:04:05Z\",\"2024-01-02T00:00:00Z\"")]
    [InlineData("'infinity'::timestamp, '12:34:56'::time, '1 day'::interval", "\"infinity\",\"12:34:56\",\"1 day\"")]
    [InlineData("'\\x00ff'::bytea", "\"AP8=\"")]
    [InlineData("'{\"b\": 1,  \"a\": [1.50]}'::json, '{\"b\": 1, \"a\": [1.50]}'::jsonb", "{\"b\":1,\"a\":[1.50]},{\"a\":[1.50],\"b\":1}")]
    [InlineData("'[\"\\ud800 \\\" \",  1]'::json", "[\"\\ud800 \\\" \",1]")]
    [InlineData("'0b0a1c5e-7d5c-4d57-9f31-9c3a4f3f0a01'::uuid", "\"0b0a1c5e-7d5c-4d57-9f31-9c3a4f3f0a01\"")]
    [InlineData("'{1,NULL,3}'::int[], '{{1,2},{3,4}}'::int[], '[0:1]={5,6}'::int[]", "[1,null,3],[[1,2],[3,4]],[5,6]")]
    [InlineData("ARRAY['a,b', 'c\"d', 'NULL', null, '']::text[]", "[\"a,b\",\"c\\\"d\",\"NULL\",null,\"\"]")]
    [InlineData("'10.0.0.1'::inet, '10.0.0.0/8'::cidr, 1::oid", "\"10.0.0.1/32\",\"10.0.0.0/8\",1")]
    public async Task Query_Types_AreDaprsJson(string columns, string row) =>
        Assert.Equal($"[[{row}]]", (await postgres.App.CallAsync(Direct, "query", null, ("sql", $"SELECT {columns}"))).Text);

    [Fact]
    public async Task Query_DeepJson_IsItsText() => Assert.Equal(
        $"[[{new string('[', 200)}{new string(']', 200)}]]",
        (await postgres.App.CallAsync(Direct, "query", null, ("sql", "SELECT (repeat('[ ', 200) || repeat(']', 200))::json"))).Text);

    [Fact]
    public async Task Query_OverSeveralLines_IsToldOnOne()
    {
        var answer = await postgres.App.CallAsync(Direct, "query", null, ("sql", "SELECT 1\r\n  AS \"u\"\nWHERE true"));

        Assert.Equal(("[[1]]", "SELECT 1    AS \"u\" WHERE true"), (answer.Text, answer.Metadata["sql"]));
    }

    [Fact]
    public async Task Query_MoreThanAnAnswerHolds_IsToldAndTheNextOneServed()
    {
        var fault = await postgres.App.FailAsync(Patient, "query", null, ("sql", "SELECT repeat('x', 1000000) FROM generate_series(1, 105)"));

        Assert.Equal("error executing query: executed, but its rows are more than 100 MiB of JSON", fault);
        Assert.Equal("[[1]]", (await postgres.App.CallAsync(Patient, "query", null, ("sql", "SELECT 1"))).Text);
    }

    [Fact]
    public async Task Query_EnumOfTheDatabase_IsItsText()
    {
        await ExecAsync("CREATE TYPE mood AS ENUM ('good', 'bad')");

        Assert.Equal("[[\"bad\"]]", (await postgres.App.CallAsync(Direct, "query", null, ("sql", "SELECT 'bad'::mood"))).Text);
    }

    [Theory]
    [InlineData("[5,\"x\",true,null]", "[5,\"x\",true,null]")]
    [InlineData("[\"5\",\"'; DROP TABLE p; --\",\"false\",{\"a\":[1,\"b\"]}]", "[5,\"'; DROP TABLE p; --\",false,{\"a\":[1,\"b\"]}]")]
    [InlineData("[5.0,7,false,[1,2]]", "[5,\"7\",false,[1,2]]")]
    [InlineData("[1e3,\"ü\",null,\"{}\"]", "[1000,\"ü\",null,{}]")]
    public async Task Exec_Parameters_FitTheColumns(string parameters, string row)
    {
        await ExecAsync("CREATE TABLE IF NOT EXISTS p (i int, t text, b boolean, j jsonb)");

        var answer = await postgres.App.CallAsync(
            Direct, "query", null, ("sql", "INSERT INTO p VALUES ($1, $2, $3, $4) RETURNING i, t, b, j"), ("params", parameters));

        Assert.Equal($"[{row}]", answer.Text);
    }

    [Fact]
    public async Task Call_Unusable_IsToldInDaprsWords()
    {
        await ExecAsync("CREATE TABLE taken (id int PRIMARY KEY)");
        await ExecAsync("INSERT INTO taken VALUES (1)");

        Assert.Equal("required metadata not set: sql", await postgres.App.FailAsync(Direct, "exec"));
        Assert.StartsWith("invalid metadata property params: failed to unserialize into an array: ", await postgres.App.FailAsync(Direct, "exec", null, ("sql", "SELECT 1"), ("params", "{}")), StringComparison.Ordinal);
        Assert.Equal("binding direct does not support operation get. supported operations:exec query close", await postgres.App.FailAsync(Direct, "get"));
        Assert.Contains("not executed: 42601: syntax error", await postgres.App.FailAsync(Direct, "exec", null, ("sql", "SELEC 1")), StringComparison.Ordinal);
        Assert.Contains("not executed: 23505: duplicate key", await postgres.App.FailAsync(Direct, "exec", null, ("sql", "INSERT INTO taken VALUES ($1)"), ("params", "[1]")), StringComparison.Ordinal);
        Assert.EndsWith("42P01: relation \"nowhere\" does not exist", await postgres.App.FailAsync(Direct, "query", null, ("sql", "SELECT * FROM nowhere")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_AfterALeftTransaction_MeetsACleanSession()
    {
        await ExecAsync("CREATE TABLE left_open (id int)");
        await ExecAsync("BEGIN");
        await ExecAsync("INSERT INTO left_open VALUES (1)");

        Assert.Equal("1", await postgres.Server.Witness.TextAsync("SELECT count(*) FROM left_open", Token));
    }

    [Fact]
    public async Task Close_Component_AnswersOnlyClose()
    {
        Assert.Equal(HttpStatusCode.NoContent, (await postgres.App.CallAsync(Closing, "close")).Status);
        Assert.Equal("component is closed", await postgres.App.FailAsync(Closing, "query", null, ("sql", "SELECT 1")));
        Assert.Equal(HttpStatusCode.NoContent, (await postgres.App.CallAsync(Closing, "close")).Status);
    }

    [Fact]
    public async Task Server_SlowThenLostThenBack_IsToldAndUsedAgain()
    {
        await ExecAsync("CREATE TABLE fate (id int)");
        var slow = await postgres.App.FailAsync(Proxied, "query", null, ("sql", "SELECT pg_sleep(10)"));
        await postgres.App.CallAsync(Proxied, "query", null, ("sql", "SELECT 1"));
        postgres.Proxy.ToClient.Hold();
        var silent = await postgres.App.FailAsync(Proxied, "exec", null, ("sql", "INSERT INTO fate VALUES (1)"));
        postgres.Proxy.ToClient.Release();
        postgres.Proxy.IsRefusing = true;
        postgres.Proxy.CutAll();
        var lost = await postgres.App.FailAsync(Proxied, "exec", null, ("sql", "INSERT INTO fate VALUES (2)"));
        postgres.Proxy.IsRefusing = false;

        Assert.Contains("within 1s", slow, StringComparison.Ordinal);
        Assert.Contains("unknown", silent, StringComparison.Ordinal);
        Assert.Contains("not executed", lost, StringComparison.Ordinal);
        await Eventually.MustAsync(
            "the binding is back", async () => (await postgres.App.CallAsync(Proxied, "query", null, ("sql", "SELECT 1"))).Status == HttpStatusCode.OK, Limit, Token);
        Assert.Equal("0", await postgres.Server.Witness.TextAsync("SELECT count(*) FROM fate WHERE id = 2", Token));
    }

    [Fact]
    public async Task Start_WrongPasswordOrNobodyThere_IsRefused()
    {
        var wrong = await StoreBindingApp.RefuseAsync(
            "bindings.postgresql", ("connectionString", postgres.Server.ConnectionString.Replace("pg-5ecret", "wr0ng-secret", StringComparison.Ordinal)));
        var nobody = await StoreBindingApp.RefuseAsync("bindings.postgresql", ("connectionString", "host=127.0.0.1 port=1 user=u password=n0-secret database=d sslmode=disable"));

        Assert.Contains("failed to ping the DB: ", wrong, StringComparison.Ordinal);
        Assert.Contains("28P01", wrong, StringComparison.Ordinal);
        Assert.Contains("Connection refused", nobody, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", wrong + nobody, StringComparison.Ordinal);
    }

    private Task<OutputCall> ExecAsync(string sql, string parameters = "[]") => postgres.App.CallAsync(Direct, "exec", null, ("sql", sql), ("params", parameters));
}
