using Serverless.Backends.Network;
using Serverless.Backends.Processes;
using Serverless.Backends.Redis;
using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Components.State.Redis;

namespace Serverless.Tests.Components.State.Redis;

/// <summary>Starting, and who may.</summary>
public sealed class RedisInitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Init_NobodyListens_SaysWhere()
    {
        var address = $"127.0.0.1:{FreePort.Lasting()}";

        var fault = await FaultAsync(RedisStores.Context(address, TimeProvider.System, ("redisMaxRetries", "-1")));

        Assert.StartsWith($"component 'statestore': redis store: error connecting to redis at {address}: ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_Password_IsNeededAndNeverShown()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Password = "right-0815" }, Token);

        var none = await FaultAsync(RedisStores.Context(server.Address, TimeProvider.System));
        var wrong = await FaultAsync(RedisStores.Context(server.Address, TimeProvider.System, ("redisPassword", "wrong-4711")));

        Assert.Contains("NOAUTH", none, StringComparison.Ordinal);
        Assert.Contains("WRONGPASS", wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", wrong, StringComparison.Ordinal);
        await WorksAsync(RedisStores.Context(server.Address, TimeProvider.System, ("redisPassword", "right-0815")));
    }

    [Fact]
    public async Task Init_UserAndDatabase_AreUsed()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Users = [new RedisUser("ann", "pw")] }, Token);

        await WorksAsync(RedisStores.Context(server.Address, TimeProvider.System, ("redisUsername", "ann"), ("redisPassword", "pw"), ("redisDB", "3")));

        await using var connection = await server.Cli.OpenAsync(Token);
        await connection.CallAsync(["SELECT", 3], Token);
        Assert.Equal(1, (await connection.CallAsync(["EXISTS", "k"], Token)).Number);
    }

    [Fact]
    public async Task Init_UserWhoMayNotAskForCommands_Works()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Users = [new RedisUser("ann", "pw", "allkeys +@all -command")] }, Token);

        await WorksAsync(RedisStores.Context(server.Address, TimeProvider.System, ("redisUsername", "ann"), ("redisPassword", "pw")));
    }

    [Fact]
    public async Task Init_TlsWithClientCertificate_Works()
    {
        using var certificates = new CertificateSet();
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Certificates = certificates }, Token);
        (string, string)[] client = [("enableTLS", "true"), ("clientCert", certificates.ClientPem), ("clientKey", certificates.ClientKeyPem)];

        var fault = await FaultAsync(RedisStores.Context(server.TlsAddress, TimeProvider.System, [.. client, ("redisMaxRetries", "-1")]));

        Assert.Contains("error connecting to redis at localhost:", fault, StringComparison.Ordinal);
        await WorksAsync(RedisStores.Context(server.TlsAddress, TimeProvider.System, [.. client, ("caCert", certificates.AuthorityPem)]));
        await WorksAsync(RedisStores.Context(server.TlsAddress, TimeProvider.System, [.. client, ("insecureSkipTLSVerify", "true")]));
    }

    [Fact]
    public async Task ContentTypeJson_ServerHasTheModule_IsRefusedEverywhere()
    {
        // Only the command's presence is looked at.
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Lines = ["rename-command LASTSAVE JSON.SET"] }, Token);
        await using var store = new RedisStateStore(RedisStores.Context(server.Address, TimeProvider.System));
        await store.InitializeAsync(Token);
        var json = new Dictionary<string, string> { ["contentType"] = "application/json" };
        var set = new StateSet { Key = "k", Value = "1"u8.ToArray(), Metadata = json };
        var delete = new StateDelete { Key = "k", Metadata = json };
        var plain = new StateOperation(set with { Metadata = StateMetadata.Empty });

        StateResult[] results =
        [
            await store.SetAsync(set, Token),
            await store.DeleteAsync(delete, Token),
            await store.TransactAsync(new StateTransaction([plain, new StateOperation(set)], StateMetadata.Empty), Token),
            await store.TransactAsync(new StateTransaction([plain, new StateOperation(delete)], StateMetadata.Empty), Token),
            await store.TransactAsync(new StateTransaction([plain], json), Token),
        ];
        var read = await Assert.ThrowsAsync<NotSupportedException>(() => store.GetAsync(new StateGet("k", "", json), Token).AsTask());

        Assert.All(results, result => Assert.Equal(StateResult.Rejected(read.Message), result));
        Assert.Contains("RedisJSON", read.Message, StringComparison.Ordinal);
        Assert.Null(await store.GetAsync(new StateGet("k", "", StateMetadata.Empty), Token));
    }

    [Fact]
    public async Task Write_ServerGone_IsAnExceptionAndNoMismatch()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await using var store = new RedisStateStore(RedisStores.Context(server.Address, TimeProvider.System, ("redisMaxRetries", "-1")));
        await store.InitializeAsync(Token);
        await server.KillAsync(Token);

        await Assert.ThrowsAnyAsync<Exception>(() => store.SetAsync(new StateSet { Key = "k", Value = "1"u8.ToArray(), ETag = "1" }, Token).AsTask());
        await Assert.ThrowsAnyAsync<Exception>(() => store.DeleteAsync(new StateDelete { Key = "k", ETag = "1" }, Token).AsTask());
    }

    private static async Task<string> FaultAsync(ComponentContext context)
    {
        await using var store = new RedisStateStore(context);
        return (await Assert.ThrowsAsync<ComponentException>(() => store.InitializeAsync(Token))).Message;
    }

    private static async Task WorksAsync(ComponentContext context)
    {
        await using var store = new RedisStateStore(context);
        await store.InitializeAsync(Token);
        Assert.Equal(StateResult.Done, await store.SetAsync(new StateSet { Key = "k", Value = "1"u8.ToArray() }, Token));
        Assert.NotNull(await store.GetAsync(new StateGet("k", "", StateMetadata.Empty), Token));
    }
}
