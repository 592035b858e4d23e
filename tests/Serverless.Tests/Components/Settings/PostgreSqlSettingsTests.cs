using Npgsql;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;
using Serverless.Components.Settings;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Settings;

public sealed class PostgreSqlSettingsTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public void Defaults_AreDaprs()
    {
        var options = Read(("connectionString", "host=h user=u password=secret"));

        var connection = options.Connection;
        Assert.Equal(("h", 5432, "u", "secret", null), (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database));
        Assert.Equal((Math.Max(4, Environment.ProcessorCount), 0), (connection.MaxPoolSize, connection.MinPoolSize));
        Assert.Equal((1800, 3600, 25), (connection.ConnectionIdleLifetime, connection.ConnectionLifetime, connection.Timeout));
        Assert.Equal((SslMode.Prefer, 16, 2), (connection.SslMode, connection.MaxAutoPrepare, connection.AutoPrepareMinUsages));
        Assert.Equal((0, true), (connection.CommandTimeout, connection.NoResetOnClose));
        Assert.Equal("h:5432", options.ToString());
        Assert.Null(options.Password);
    }

    [Fact]
    public void Items_OfTheirOwn_StandAboveTheConnectionString()
    {
        var connection = Read(
            ("url", "postgres://u:secret@h:6000/db?sslmode=verify-ca"), ("host", "other"), ("port", "7000"), ("user", "v"), ("password", "new"),
            ("database", "e"), ("sslRootCert", "/ca.pem")).Connection;

        Assert.Equal(("other", 7000, "v", "new", "e"), (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database));
        Assert.Equal((SslMode.VerifyCA, "/ca.pem"), (connection.SslMode, connection.RootCertificate));
    }

    [Fact]
    public void Items_Alone_WillDo()
    {
        var options = Read(("hostaddr", "10.0.0.1"), ("host", "h"), ("user", "u"));

        Assert.Equal(("10.0.0.1", "h", "10.0.0.1:5432"), (options.Connection.Host, options.CertificateName, options.Server));
    }

    [Fact]
    public void Environment_StandsBelow()
    {
        var variables = new Dictionary<string, string> { ["PGHOST"] = "h", ["PGUSER"] = "u", ["PGPASSWORD"] = "p", ["PGSSLMODE"] = "disable", ["PGPORT"] = "" };

        var connection = Read(Context(variables, ("connectionString", "user=v"))).Connection;

        Assert.Equal(("h", 5432, "v", "p", SslMode.Disable), (connection.Host, connection.Port, connection.Username, connection.Password, connection.SslMode));
    }

    [Fact]
    public void Hosts_Several_AreTriedInTurn()
    {
        var options = Read(("connectionString", "postgres://u@a:1,b,[::1]:3/db?target_session_attrs=read-write"));

        Assert.Equal(("a:1,b:5432,[::1]:3", TargetSessionAttributes.ReadWrite), (options.Connection.Host, options.Session));
        Assert.Equal("a:1,b:5432,[::1]:3", options.Server);
    }

    [Theory]
    [InlineData("maxConns", "7", "pool_max_conns=3", 7)]
    [InlineData("maxConns", "0", "pool_max_conns=3", 3)]
    [InlineData("maxConns", "1", "", 1)]
    public void Pool_Limit_OfTheItemWins(string name, string value, string text, int expected) =>
        Assert.Equal(expected, Read(("connectionString", $"host=h pool_min_conns=2 {text}"), (name, value)).Connection.MaxPoolSize);

    [Theory]
    [InlineData("5m", "", 300, 10)]
    [InlineData("5", "pool_max_conn_idle_time=1h", 5, 5)]
    [InlineData("", "pool_max_conn_idle_time=1h pool_max_conn_lifetime=2h", 3600, 10)]
    [InlineData("100ms", "", 1, 1)]
    public void Pool_IdleTime_IsTheItemsOrTheConnectionStrings(string value, string text, int idle, int pruning)
    {
        var connection = Read(("connectionString", $"host=h {text}"), ("connectionMaxIdleTime", value)).Connection;

        Assert.Equal((idle, pruning), (connection.ConnectionIdleLifetime, connection.ConnectionPruningInterval));
    }

    [Theory]
    [InlineData("", "", 16)]
    [InlineData("cache_statement", "", 16)]
    [InlineData("cache_describe", "", 0)]
    [InlineData("describe_exec", "", 0)]
    [InlineData("exec", "", 0)]
    [InlineData("simple_protocol", "", 0)]
    [InlineData("", "default_query_exec_mode=exec", 0)]
    [InlineData("cache_statement", "default_query_exec_mode=exec", 16)]
    [InlineData("", "statement_cache_capacity=0", 0)]
    public void QueryExecMode_Any_DecidesOnPreparedStatements(string mode, string text, int expected) =>
        Assert.Equal(expected, Read(("connectionString", $"host=h {text}"), ("queryExecMode", mode)).Connection.MaxAutoPrepare);

    [Theory]
    [InlineData("sslmode=require", SslMode.Require, null)]
    [InlineData("sslmode=require sslrootcert=/ca", SslMode.VerifyCA, "/ca")]
    [InlineData("sslmode=prefer sslrootcert=/ca", SslMode.Prefer, null)]
    [InlineData("sslrootcert=system", SslMode.VerifyFull, null)]
    [InlineData("sslmode=verify-full sslrootcert=/ca", SslMode.VerifyFull, "/ca")]
    internal void Tls_Modes_AreThoseOfLibpq(string text, SslMode mode, string? root)
    {
        var connection = Read(("connectionString", $"host=h {text}")).Connection;

        Assert.Equal((mode, root), (connection.SslMode, connection.RootCertificate));
    }

    [Fact]
    public void Keywords_OfTheSession_BecomeOptions()
    {
        var connection = Read(("connectionString", @"host=h options='-c a=1' statement_timeout=5000 work_mem='4 MB\\'" + " a.b='\t-c' application_name=app search_path=own connect_timeout=3")).Connection;

        Assert.Equal("-c a=1 -c a.b=\\\t-c " + @"-c statement_timeout=5000 -c work_mem=4\ MB\\", connection.Options);
        Assert.Equal(("app", "own", 3), (connection.ApplicationName, connection.SearchPath, connection.Timeout));
    }

    [Theory]
    [InlineData("connectionString", "", "'connectionString': expected a value (it is required unless host, user and so on are given)")]
    [InlineData("connectionString", "s3cret", "'connectionString': expected keyword=value pairs with spaces between, or a URL that begins with postgres://")]
    [InlineData("connectionString", "host=h port=s3cret", "'connectionString': expected 'port' from 1 to 65535")]
    [InlineData("connectionString", "host=a,b,c port=1,2", "'connectionString': expected one 'port' for all hosts, or one for each")]
    [InlineData("connectionString", "host=h sslmode=s3cret", "'connectionString': expected another 'sslmode'; PostgreSQL's documentation lists them")]
    [InlineData("connectionString", "host=h pool_max_conns=s3cret", "'connectionString': expected a whole number as 'pool_max_conns'")]
    [InlineData("connectionString", "host=h pool_max_conn_lifetime=s3cret", "'connectionString': expected a duration such as 30m as 'pool_max_conn_lifetime'")]
    [InlineData("connectionString", "service=s3cret", "'connectionString': expected no 'service': connection service files are not supported")]
    [InlineData("connectionString", "host=h a-b=s3cret", "'connectionString': expected keywords of letters, digits, _ and .")]
    [InlineData("queryExecMode", "fast", "'queryExecMode': expected one of cache_statement, cache_describe, describe_exec, exec, simple_protocol")]
    [InlineData("useAWSIAM", "true", "'useAWSIAM': expected false: AWS IAM is not supported")]
    [InlineData("maxConns", "many", "'maxConns': expected a whole number")]
    public void Value_Unusable_IsAFaultWithoutTheValue(string name, string value, string expected)
    {
        (string, string)[] items = name == "connectionString" ? [(name, value)] : [("connectionString", "host=h"), (name, value)];

        var fault = Assert.Throws<ComponentException>(() => Read(items));

        Assert.Equal($"component 'statestore': metadata {expected}", fault.Message);
    }

    [Fact]
    public async Task AzureAd_WithoutWhatAnyMethodNeeds_FailsWithTheReason()
    {
        var options = Read(("connectionString", "host=h user=u password=old"), ("useAzureAD", "true"), ("azureAuthMethods", "creds"));

        Assert.Null(options.Connection.Password);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await options.Password!(TestContext.Current.CancellationToken));
        Assert.Contains("no token: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("client secret: lacks a tenant id", fault.Message, StringComparison.Ordinal);
    }

    private static PostgreSqlOptions Read(params (string Name, string Value)[] items) => Read(Context([], items));

    private static PostgreSqlOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var options = PostgreSqlSettings.Read(binder, context, Timeout);
        binder.ThrowIfFaulty();
        return options!;
    }

    private static ComponentContext Context(Dictionary<string, string> variables, params (string Name, string Value)[] items)
    {
        var context = StateContexts.Create("state.postgresql", TimeProvider.System, items);
        return context with { Host = context.Host with { Environment = variables.GetValueOrDefault } };
    }
}
