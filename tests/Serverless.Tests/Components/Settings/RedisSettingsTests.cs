using Serverless.Backends.Network;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Registry;
using Serverless.Components.Settings;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Settings;

public sealed class RedisSettingsTests
{
    [Fact]
    public void Read_HostOnly_GivesDaprsDefaults()
    {
        var options = Read();

        Assert.Equal("redis:6379", Assert.Single(options.Endpoints).ToString());
        Assert.Equal(RedisTopology.Single, options.Topology);
        Assert.Equal(("", 0), (options.PrimaryName, options.Database));
        Assert.Null(options.Credentials);
        Assert.Null(options.SentinelCredentials);
        Assert.Null(options.Tls);
        Assert.Equal(Seconds(5), options.ConnectTimeout);
        Assert.Equal(Seconds(3), options.CommandTimeout);
        Assert.Equal(Seconds(4), options.QueueTimeout);
        Assert.Equal(3, options.MaxRetries);
        Assert.Equal((Milliseconds(512), Milliseconds(512)), (options.MinRetryInterval, options.MaxRetryInterval));
        Assert.Equal(TimeSpan.FromMinutes(5), options.IdleTimeout);
        Assert.Null(options.MaxConnectionAge);
    }

    [Theory]
    [InlineData("localhost", null, "localhost:6379")]
    [InlineData("localhost:7000", null, "localhost:7000")]
    [InlineData("localhost", "7000", "localhost:7000")]
    [InlineData("localhost:7000", "7000", "localhost:7000")]
    [InlineData("localhost", "0", "localhost:6379")]
    [InlineData("10.0.0.1:1", null, "10.0.0.1:1")]
    [InlineData("::1", null, "[::1]:6379")]
    [InlineData("[::1]", "7", "[::1]:7")]
    [InlineData("[fe80::1]:7000", null, "[fe80::1]:7000")]
    public void RedisHost_OneAddress_IsTakenApart(string host, string? port, string expected)
    {
        Assert.Equal(expected, Assert.Single(Read(("redisHost", host), ("redisPort", port)).Endpoints).ToString());
    }

    [Theory]
    [InlineData("redisType", "cluster")]
    [InlineData("failover", "true")]
    public void RedisHost_List_IsTakenWhereThereAreSeveralServers(string name, string value)
    {
        var options = Read(("redisHost", "a, b:7000,,c"), ("redisPort", "7000"), ("sentinelMasterName", "m"), (name, value));

        Assert.Equal(["a:7000", "b:7000", "c:7000"], options.Endpoints.Select(endpoint => endpoint.ToString()));
    }

    [Theory]
    [InlineData("", null, "metadata 'redisHost': expected a value")]
    [InlineData("a,b", null, "metadata 'redisHost': expected one address")]
    [InlineData("a:", null, "metadata 'redisHost': expected host")]
    [InlineData(":6379", null, "metadata 'redisHost': expected host")]
    [InlineData("a:0", null, "metadata 'redisHost': expected host")]
    [InlineData("a:65536", null, "metadata 'redisHost': expected host")]
    [InlineData("a:x", null, "metadata 'redisHost': expected host")]
    [InlineData("[a]:1", null, "metadata 'redisHost': expected host")]
    [InlineData("[::1", null, "metadata 'redisHost': expected host")]
    [InlineData("[::1]x:1", null, "metadata 'redisHost': expected host")]
    [InlineData("redis://user:secret@a:1", null, "metadata 'redisHost': expected host")]
    [InlineData("a:1", "2", "metadata 'redisPort': expected the port 1")]
    [InlineData("a", "65536", "metadata 'redisPort': expected a whole number from 0 to 65535")]
    public void RedisHost_Unusable_IsAFault(string host, string? port, string message) =>
        Assert.Contains(message, Fault(("redisHost", host), ("redisPort", port)), StringComparison.Ordinal);

    [Fact]
    public void Topology_Cluster_HasNoDatabase()
    {
        var options = Read(("redisType", "Cluster"), ("redisDB", "3"));

        Assert.Equal((RedisTopology.Cluster, 0), (options.Topology, options.Database));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("cluster")]
    public async Task Topology_Failover_HasSentinels(string type)
    {
        var options = Read(
            ("redisType", type), ("failover", "true"), ("sentinelMasterName", "main"), ("redisDB", "3"), ("redisPassword", "p"),
            ("sentinelUsername", "su"), ("sentinelPassword", "sp"));

        Assert.Equal((RedisTopology.Sentinel, "main", 3), (options.Topology, options.PrimaryName, options.Database));
        Assert.Equal(new RedisCredentials("su", "sp"), options.SentinelCredentials);
        Assert.Equal(new RedisCredentials("", "p"), await options.Credentials!(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Credentials_UsernameAndPassword_AreSent()
    {
        var options = Read(("redisUsername", "u"), ("redisPassword", "p"));

        Assert.Equal(new RedisCredentials("u", "p"), await options.Credentials!(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Credentials_UsernameAlone_IsNoAuthAsInDaprd() => Assert.Null(Read(("redisUsername", "u")).Credentials);

    [Theory]
    [InlineData("useEntraID")]
    [InlineData("useAzureAD")]
    public async Task Tokens_OfEntra_AreAskedForLater(string name)
    {
        using var tokens = Read((name, "true"), ("azureAuthMethods", "creds")).Tokens as RedisTokens;

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(() => tokens!.GetAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal("no token: no Azure identity is available: client secret: lacks a tenant id and a client id and a client secret", fault.Message);
        Assert.Contains($"metadata 'redisPassword': expected no value beside {name}", Fault((name, "true"), ("redisPassword", "p")), StringComparison.Ordinal);
        Assert.Null(Read((name, "false"), ("azureEnvironment", "Moon")).Credentials);
    }

    [Fact]
    public void Tokens_OfOidc_NeedNoUser()
    {
        var items = OidcItems.Create(new Uri("https://idp/token"), "c");

        using var withUser = Read([.. items, ("redisUsername", "u")]).Tokens;
        using var withoutUser = Read([.. items]).Tokens;

        Assert.IsType<RedisOidcTokens>(withUser);
        Assert.IsType<RedisOidcTokens>(withoutUser);
        Assert.Contains("metadata 'redisPassword': expected no value beside useOIDC", Fault([.. items, ("redisPassword", "p")]), StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_Faults_AreReportedWithAllOthersAndWithoutValues()
    {
        (string, string?)[] items =
        [
            ("redisDB", "s3cr3t"), ("redisPassword", "s3cr3t"), ("redisUsername", "s3cr3t"), ("useEntraID", "true"), ("azureEnvironment", "s3cr3t"),
            ("azureAuthMethods", "s3cr3t"), ("useOIDC", "true"), ("oidcTokenEndpoint", "s3cr3t"), ("oidcCACert", "s3cr3t"), ("enableTLS", "true"), ("caCert", "s3cr3t"),
        ];

        var fault = Fault(items);

        string[] names =
        [
            "redisDB", "redisPassword", "redisUsername", "azureEnvironment", "azureAuthMethods", "useOIDC", "oidcTokenEndpoint", "oidcClientID", "oidcClientAssertionCert",
            "oidcClientAssertionKey", "oidcCACert", "caCert",
        ];
        Assert.All(names, name => Assert.Contains($"metadata '{name}'", fault, StringComparison.Ordinal));
        Assert.DoesNotContain("s3cr3t", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_WithAnotherWayBeside_AreAFault()
    {
        Assert.Contains("metadata 'redisUsername': expected no value beside useEntraID", Fault(("useEntraID", "true"), ("redisUsername", "u")), StringComparison.Ordinal);
        Assert.Contains("metadata 'useOIDC': expected no other token beside useEntraID", Fault(("useEntraID", "true"), ("useOIDC", "true")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, 512, 512)]
    [InlineData("100ms", null, 100, 512)]
    [InlineData("100", "5s", 100, 5000)]
    [InlineData(null, "5s", 2000, 5000)]
    [InlineData("10s", "1s", 1000, 1000)]
    [InlineData("-1", null, 0, 512)]
    [InlineData("-1", "-1", 0, 0)]
    [InlineData("0", "0", 512, 512)]
    public void RetryIntervals_Given_AreBounded(string? shortest, string? longest, int expectedShortest, int expectedLongest)
    {
        var options = Read(("redisMinRetryInterval", shortest), ("redisMaxRetryInterval", longest));

        Assert.Equal((Milliseconds(expectedShortest), Milliseconds(expectedLongest)), (options.MinRetryInterval, options.MaxRetryInterval));
    }

    [Theory]
    [InlineData("300000000", 300)]
    [InlineData("300ms", 300)]
    [InlineData("3000000000", 512)]
    [InlineData("-1", 0)]
    public void MaxRetryBackoff_PlainNumber_IsNanoseconds(string value, int expected)
    {
        Assert.Equal(Milliseconds(expected), Read(("maxRetryBackoff", value)).MinRetryInterval);
        Assert.Equal(Milliseconds(7), Read(("maxRetryBackoff", value), ("redisMinRetryInterval", "7")).MinRetryInterval);
    }

    [Theory]
    [InlineData("redisMaxRetries", "5", 5)]
    [InlineData("maxRetries", "5", 5)]
    [InlineData("redisMaxRetries", "0", 3)]
    [InlineData("redisMaxRetries", "-1", 0)]
    public void MaxRetries_Given_IsRead(string name, string value, int expected) => Assert.Equal(expected, Read((name, value)).MaxRetries);

    [Fact]
    public void MaxRetries_BothNames_TheNewOneHolds() => Assert.Equal(5, Read(("maxRetries", "7"), ("redisMaxRetries", "5")).MaxRetries);

    [Theory]
    [InlineData("1s", null, 1, 2)]
    [InlineData("1000", null, 1, 2)]
    [InlineData("1s", "2s", 2, 2)]
    [InlineData("2s", "1s", 2, 3)]
    [InlineData(null, "1s", 3, 4)]
    [InlineData("0", "0", 3, 4)]
    [InlineData("-1", null, -1, 30)]
    [InlineData("1s", "-1", -1, 2)]
    public void Timeouts_OfReadingAndWriting_TheLongerHolds(string? read, string? write, int command, int queue)
    {
        var options = Read(("readTimeout", read), ("writeTimeout", write));

        Assert.Equal((command < 0 ? TimeSpan.MaxValue : Seconds(command), Seconds(queue)), (options.CommandTimeout, options.QueueTimeout));
    }

    [Fact]
    public void Times_Given_AreRead()
    {
        var options = Read(("dialTimeout", "1500"), ("poolTimeout", "7s"), ("idleTimeout", "1m"), ("maxConnAge", "2h"));

        Assert.Equal(Milliseconds(1500), options.ConnectTimeout);
        Assert.Equal(Seconds(7), options.QueueTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), options.IdleTimeout);
        Assert.Equal(TimeSpan.FromHours(2), options.MaxConnectionAge);
        Assert.Null(Read(("idleTimeout", "-1")).IdleTimeout);
        Assert.Null(Read(("maxConnAge", "-1")).MaxConnectionAge);
    }

    [Theory]
    [InlineData("dialTimeout", "-1")]
    [InlineData("poolTimeout", "-1")]
    [InlineData("readTimeout", "-2")]
    [InlineData("writeTimeout", "-1s")]
    [InlineData("idleTimeout", "soon")]
    [InlineData("idleCheckFrequency", "1x")]
    [InlineData("maxConnAge", "600h1s")]
    [InlineData("redisMinRetryInterval", "1.5")]
    [InlineData("redisMaxRetryInterval", "x")]
    [InlineData("maxRetryBackoff", "x")]
    [InlineData("redisMaxRetries", "-2")]
    [InlineData("maxRetries", "x")]
    [InlineData("redisDB", "-1")]
    [InlineData("poolSize", "many")]
    [InlineData("minIdleConns", "-1")]
    [InlineData("redisType", "ring")]
    public void Value_Unusable_IsAFaultThatDoesNotQuoteIt(string name, string value)
    {
        var fault = Fault((name, value));

        Assert.StartsWith($"component 'statestore': metadata '{name}': expected ", fault, StringComparison.Ordinal);
        Assert.DoesNotContain($"'{value}'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutEffect_Given_IsAccepted() => Read(("poolSize", "20"), ("minIdleConns", "2"), ("idleCheckFrequency", "-1"));

    [Fact]
    public void Failover_WithoutMasterName_IsAFault() =>
        Assert.Contains("metadata 'sentinelMasterName': expected a value (failover needs it)", Fault(("failover", "true")), StringComparison.Ordinal);

    [Fact]
    public void Tls_Given_IsRead()
    {
        using var certificates = new CertificateSet();

        var tls = Read(
            ("enableTLS", "true"), ("insecureSkipTLSVerify", "true"), ("clientCert", certificates.ClientPem + "\n" + certificates.AuthorityPem), ("clientKey", certificates.ClientKeyPem),
            ("caCert", certificates.AuthorityPem + "\n" + certificates.ServerPem)).Tls!;

        Assert.True(tls.SkipsVerification);
        Assert.Equal(2, tls.Authorities.Count);
        Assert.True(tls.ClientCertificate!.HasPrivateKey);
        Assert.Equal(certificates.Client.Thumbprint, tls.ClientCertificate.Thumbprint);
        Assert.Equal(certificates.Authority.Thumbprint, Assert.Single(tls.ClientIssuers).Thumbprint);
    }

    [Fact]
    public void Tls_EnabledOnly_TrustsTheSystem()
    {
        var tls = Read(("enableTLS", "true")).Tls!;

        Assert.Equal((false, 0, null), (tls.SkipsVerification, tls.Authorities.Count, tls.ClientCertificate));
    }

    [Fact]
    public void Tls_Unusable_IsAFault()
    {
        using var certificates = new CertificateSet();

        Assert.Contains("metadata 'caCert': expected one or more PEM certificates", Fault(("enableTLS", "true"), ("caCert", "x")), StringComparison.Ordinal);
        Assert.Contains("metadata 'caCert': expected enableTLS beside it", Fault(("caCert", certificates.AuthorityPem)), StringComparison.Ordinal);
        Assert.Contains("metadata 'clientKey': expected a value beside clientCert", Fault(("enableTLS", "true"), ("clientCert", "x")), StringComparison.Ordinal);
        Assert.Contains("metadata 'clientCert': expected a value beside clientKey", Fault(("enableTLS", "true"), ("clientKey", "x")), StringComparison.Ordinal);
        Assert.Contains("metadata 'clientCert': expected a PEM", Fault(("enableTLS", "true"), ("clientCert", "x"), ("clientKey", "y")), StringComparison.Ordinal);
        Assert.Contains(
            "metadata 'clientCert': expected a PEM",
            Fault(("enableTLS", "true"), ("clientCert", certificates.ClientPem), ("clientKey", certificates.ServerKeyPem)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_AreReportedTogether()
    {
        var fault = Fault(("redisHost", ""), ("redisDB", "x"), ("readTimeout", "x"), ("failover", "true"), ("useOIDC", "true"), ("poolSize", "x"));

        Assert.All((string[])["redisHost", "redisDB", "readTimeout", "sentinelMasterName", "oidcTokenEndpoint", "poolSize"], name => Assert.Contains($"'{name}'", fault, StringComparison.Ordinal));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static string Fault(params (string Name, string? Value)[] items) => Assert.Throws<ComponentException>(() => Read(items)).Message;

    private static RedisOptions Read(params (string Name, string? Value)[] items)
    {
        var given = items.Where(item => item.Value is not null).Select(item => (item.Name, item.Value!)).ToList();
        if (!given.Exists(item => item.Name == "redisHost"))
        {
            given.Add(("redisHost", "redis"));
        }

        var context = StateContexts.Create("state.redis", TimeProvider.System, [.. given]);
        var binder = context.Metadata.Bind();
        var options = RedisSettings.Read(binder, context);
        binder.ThrowIfFaulty();
        return options;
    }
}
