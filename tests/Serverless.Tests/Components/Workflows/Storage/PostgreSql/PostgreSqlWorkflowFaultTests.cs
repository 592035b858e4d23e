using Serverless.Backends.Network;
using Serverless.Backends.PostgreSql;
using Serverless.Backends.Processes;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;
using Serverless.Tests.Components.State.PostgreSql;

namespace Serverless.Tests.Components.Workflows.Storage.PostgreSql;

/// <summary>What becomes of changes when the server or the way to it fails, and what the server must be.</summary>
public sealed class PostgreSqlWorkflowFaultTests(PostgreSqlServerFixture fixture) : IClassFixture<PostgreSqlServerFixture>
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly Guid _session = Guid.NewGuid();
    private readonly string _prefix = $"w{Guid.NewGuid():N}_";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("create")]
    [InlineData("append")]
    [InlineData("commit")]
    [InlineData("complete")]
    public async Task Change_OfUnknownFate_IsRecognisedWhenAskedAgain(string change)
    {
        await using var proxy = new TcpProxy(fixture.Server.Port);
        await using var near = await OpenAsync(PostgreSqlServer.ConnectionStringFor(proxy.Port));
        await using var witness = await OpenAsync(fixture.Server.ConnectionString);
        await near.KeepSessionAsync(new WorkerSession(_session, "machine/1", _now.AddHours(1)), isNew: true, Cancellation);
        if (change != "create")
        {
            await near.CreateAsync(New(), Cancellation);
            await near.CommitAsync(Turn(1, consumed: "start", work: "a1"), Cancellation);
        }

        proxy.ToClient.Hold();
        var lost = AskAsync(near, change);
        Assert.True(await Eventually.TrueAsync(() => IsDoneAsync(witness, change), TimeSpan.FromSeconds(10), Cancellation));
        proxy.CutAll();
        proxy.ToClient.Release();
        var failure = await Assert.ThrowsAsync<WorkflowStoreException>(() => lost);
        Assert.Contains("whether it was executed is unknown", failure.Message, StringComparison.Ordinal);

        Assert.Equal(
            change switch { "create" => "Created", "append" => "Owned", "commit" => "Conflict", _ => "False" },
            await AskAsync(near, change));

        var loaded = (await witness.LoadAsync("w1", KnownVersion.None, Cancellation))!;
        Assert.Equal(change switch { "create" => "start", "append" => "m1", "commit" => "", _ => "r1" }, string.Join(' ', loaded.Inbox.Select(message => message.Id)));
        Assert.Equal(change switch { "create" => 0, "commit" => 2, _ => 1 }, loaded.Record.Version);
    }

    [Fact]
    public async Task Server_KilledBetweenCommits_LosesNothingAcknowledged()
    {
        await using var server = await PostgreSqlServer.StartAsync(new PostgreSqlServerSettings { IsDurable = true }, Cancellation);
        await using var store = await OpenAsync(server.ConnectionString);
        await store.KeepSessionAsync(new WorkerSession(_session, "machine/1", _now.AddHours(1)), isNew: true, Cancellation);
        await store.CreateAsync(New(), Cancellation);
        var version = 0L;
        for (var round = 0; round < 2; round++)
        {
            var killing = Task.CompletedTask;
            while (!killing.IsCompleted || version == 0)
            {
                killing = version % 50 == 20 && killing.IsCompleted ? server.KillAsync(Cancellation) : killing;
                try
                {
                    var result = await store.CommitAsync(Turn(version + 1, consumed: "start", work: $"a{version + 1}"), Cancellation);
                    Assert.Equal(CommitOutcome.Committed, result.Outcome);
                    version++;
                }
                catch (WorkflowStoreException)
                {
                    break;
                }
            }

            await killing;
            await server.StartAgainAsync(Cancellation);
            var found = (await store.FindAsync("w1", Cancellation))!.Version;

            // What nobody knows of may be there.
            Assert.InRange(found, version, version + 1);
            version = found;
            Assert.NotNull(await store.ClaimAsync("w1", $"a{version}", _session, Cancellation));
        }
    }

    [Fact]
    public async Task Stores_OpenedAtOnceOnAnEmptyDatabase_AllOpen()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(fixture.Server.ConnectionString)));

        await stores[0].CreateAsync(New(), Cancellation);
        foreach (var store in stores)
        {
            Assert.NotNull(await store.FindAsync("w1", Cancellation));
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Tables_OfALaterLevel_AreRefused()
    {
        await using (await OpenAsync(fixture.Server.ConnectionString))
        {
        }

        await fixture.Witness.RunAsync($"UPDATE {_prefix}metadata SET value = '2'", Cancellation);

        var failure = await Assert.ThrowsAsync<WorkflowStoreException>(() => OpenAsync(fixture.Server.ConnectionString));
        Assert.Equal(
            $"component 'statestore': the workflow tables '{_prefix}…' at {fixture.Server.Address} are of level 2, which a later version of this program made; this one knows 1",
            failure.Message);
    }

    [Fact]
    public async Task Server_OfAnotherIsolation_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<WorkflowStoreException>(
            () => OpenAsync(fixture.Server.ConnectionString + " options='-c default_transaction_isolation=serializable'"));

        Assert.EndsWith($"default_transaction_isolation at {fixture.Server.Address} is 'serializable'", failure.Message, StringComparison.Ordinal);
    }

    private async Task<IWorkflowStore> OpenAsync(string connectionString)
    {
        var store = WorkflowStores.Create(PostgreSqlStores.Context(connectionString, TimeProvider.System, ("workflowTablePrefix", _prefix)), "app");
        try
        {
            await store.InitializeAsync(Cancellation);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    private async Task<string> AskAsync(IWorkflowStore store, string change) => change switch
    {
        "create" => (await store.CreateAsync(New(), Cancellation)).ToString(),
        "append" => (await store.AppendAsync("w1", new InboxMessage("m1", null, new byte[3]), _session, Cancellation)).ToString(),
        "commit" => (await store.CommitAsync(Turn(2, consumed: "none", work: "a2"), Cancellation)).Outcome.ToString(),
        _ => (await store.CompleteAsync(Item("a1"), _session, new InboxMessage("r1", "e1", new byte[3]), Cancellation)).ToString(),
    };

    private static async Task<bool> IsDoneAsync(IWorkflowStore store, string change) =>
        await store.LoadAsync("w1", KnownVersion.None, Cancellation) is { } loaded && (change is "create" || loaded.Record.Version == 2 || loaded.Inbox.Count > 0);

    private NewWorkflow New() => new() { Record = Record(0), First = new InboxMessage("start", "e1", new byte[3]), Owner = _session, Due = _now };

    private WorkflowRecord Record(long version) => new()
    {
        InstanceId = "w1",
        Name = "Order",
        ExecutionId = "e1",
        Version = version,
        Status = version == 0 ? WorkflowRuntimeStatus.Pending : WorkflowRuntimeStatus.Running,
        CreatedAt = _now,
        UpdatedAt = _now,
        Start = new byte[3],
    };

    private WorkItem Item(string id) => new() { InstanceId = "w1", WorkId = id, Kind = WorkKind.Activity, Name = "Charge", Due = _now, Owner = _session };

    private TurnCommit Turn(long version, string consumed, string work) => new()
    {
        Record = Record(version),
        ExpectedExecutionId = "e1",
        Owner = _session,
        History = [new byte[10]],
        Consumed = [consumed],
        NewWork = [Item(work)],
    };
}
