using System.Text;
using Serverless.Backends.Network;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Components.Registry;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Dispatch.AzureStorageQueues;
using Serverless.Tests.Clients.AzureStorage.Queues;
using Serverless.Tests.Components.State;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.Workflows.Dispatch;

public sealed class StorageQueueDispatcherTests(AzuriteQueues azurite) : IClassFixture<AzuriteQueues>
{
    private const string Type = "workflow.dispatcher.azure.storagequeues";
    private readonly string _turns = $"t-{Guid.NewGuid():N}";
    private readonly string _activities = $"a-{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Send_ToEachQueue_PutsThereWhatIsReadAgain()
    {
        await using var dispatcher = await StartAsync();
        var now = Now;
        WorkflowDoorbell[] bells = [.. Enumerable.Range(0, 50).Select(number => new WorkflowDoorbell("app", $"i-{number}", "turn", IsActivity: number % 2 == 1, now))];

        await dispatcher.SendAsync(bells, Cancelled);
        await dispatcher.SendAsync([bells[0] with { WorkId = "one" }], Cancelled);
        await dispatcher.SendAsync([], Cancelled);

        var turns = await TakeAllAsync(_turns);
        Assert.Equal(bells.Where(bell => !bell.IsActivity).Append(bells[0] with { WorkId = "one" }).Order(ById), turns.Select(Read).Order(ById));
        Assert.Equal(bells.Where(bell => bell.IsActivity).Order(ById), (await TakeAllAsync(_activities)).Select(Read).Order(ById));
        Assert.All(turns, message => Assert.Equal(9999, message.ExpiresOn.Year));
    }

    [Fact]
    public async Task Send_Later_IsHiddenUntilThenOrForAsLongAsTheQueueCan()
    {
        await using var dispatcher = await StartAsync();
        Assert.Equal(TimeSpan.FromDays(7), dispatcher.LongestDelay);

        await dispatcher.SendAsync([new("app", "month", "timer-1", false, Now.AddDays(30)), new("app", "past", "timer-2", false, Now.AddDays(-1))], Cancelled);
        await dispatcher.SendAsync([new("app", "soon", "timer-3", false, Now.AddSeconds(1.2))], Cancelled);

        using var queue = azurite.Client(_turns);
        Assert.Equal("past", Read(Assert.Single((await queue.GetAsync(32, TimeSpan.FromMinutes(1), Cancelled))!)).InstanceId);
        Assert.Equal(3, await queue.CountAsync(Cancelled));
        QueueMessage? soon = null;
        await Eventually.MustAsync("the message of soon", async () => (soon = (await queue.GetAsync(1, TimeSpan.FromMinutes(1), Cancelled))!.SingleOrDefault()) is not null, TimeSpan.FromSeconds(10), Cancelled);
        Assert.True(Read(soon!).Due <= Now, "it came early");
    }

    [Fact]
    public async Task Drain_Poison_HandsOverAndRemovesOursAlone()
    {
        using var log = new LogCapture();
        await using var dispatcher = await StartAsync(log);
        await dispatcher.DrainPoisonAsync((_, _) => throw new InvalidOperationException("there is no poison queue"), Cancelled);
        using var turns = await azurite.CreateAsync($"{_turns}-poison");
        using var activities = await azurite.CreateAsync($"{_activities}-poison");
        var now = Now;
        foreach (var (queue, text) in ((QueueClient, string)[])
            [
                .. Enumerable.Range(0, 40).Select(number => (turns, Text(new("app", $"i-{number}", "turn", false, now)))),
                (turns, "no doorbell"),
                (turns, Text(new("other", "theirs", "turn", false, now))),
                (activities, Text(new("app", "bad", "7", true, now))),
            ])
        {
            await queue.PutAsync(text, TimeSpan.Zero, null, Cancelled);
        }

        var taken = new List<string>();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await dispatcher.DrainPoisonAsync((_, _) => throw new InvalidOperationException("the store is down"), Cancelled));
        await MakeVisibleAsync(turns);
        await dispatcher.DrainPoisonAsync(
            (bell, _) =>
            {
                taken.Add(bell.InstanceId);
                return ValueTask.CompletedTask;
            },
            Cancelled);

        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"i-{number}").Append("bad").Order(StringComparer.Ordinal), taken.Order(StringComparer.Ordinal));
        Assert.Equal((2, 0), (await turns.CountAsync(Cancelled), await activities.CountAsync(Cancelled)));
        Assert.Single(log.Messages, message => message.Contains("of a poison queue is left there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_ToNobody_FailsAndSaysWhere()
    {
        await using var missing = Dispatcher();
        Assert.Equal($"queue {_turns} does not exist", (await Assert.ThrowsAsync<WorkflowDispatchException>(async () => await missing.SendAsync([Bell()], Cancelled))).Message);

        await using var proxy = new TcpProxy(azurite.Server.QueuePort);
        await using var behind = Dispatcher(("queueEndpoint", $"http://127.0.0.1:{proxy.Port}"));
        await behind.InitializeAsync(Cancelled);
        await behind.SendAsync([Bell()], Cancelled);
        proxy.IsRefusing = true;
        proxy.CutAll();
        var fault = await Assert.ThrowsAsync<WorkflowDispatchException>(async () => await behind.SendAsync([Bell()], Cancelled));
        Assert.StartsWith("Queue Storage put message", fault.Message, StringComparison.Ordinal);
        await using var down = Dispatcher(("queueEndpoint", "http://127.0.0.1:1"));
        Assert.StartsWith($"component 'statestore': failed to create queue {_turns}", (await Assert.ThrowsAsync<ComponentException>(() => down.InitializeAsync(Cancelled))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("turnsQueue", "Not_Valid", "'turnsQueue'")]
    [InlineData("activitiesQueue", "workflow-turns", "another queue than turnsQueue")]
    [InlineData("heartbeatInterval", "10ms", "a duration of 1 s to 10 min")]
    [InlineData("resendAfter", "1h", "a duration of 1 s to 10 min")]
    [InlineData("accountKey", "no base64!", "'accountKey'")]
    public void Settings_NotUsable_AreAllNamed(string item, string value, string expected)
    {
        var fault = Assert.Throws<ComponentException>(() => new StorageQueueDispatcher(StateContexts.Create(Type, TimeProvider.System, [(item, value), .. Usual().Where(usual => usual.Name != item && !usual.Name.EndsWith("Queue", StringComparison.Ordinal))])));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no base64!", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_WithoutQueues_MeanTheUsualOnes()
    {
        var options = StorageQueueDispatcherOptions.Read(StateContexts.Create(Type, TimeProvider.System, [.. Usual().Where(usual => !usual.Name.EndsWith("Queue", StringComparison.Ordinal))]));

        Assert.Equal(("workflow-turns", "workflow-activities"), (options.Turns, options.Activities));
        Assert.Equal(new DispatcherTimes(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)), options.Times);
    }

    private static Comparer<WorkflowDoorbell> ById { get; } = Comparer<WorkflowDoorbell>.Create(static (one, other) => string.CompareOrdinal(one.InstanceId + one.WorkId, other.InstanceId + other.WorkId));

    private static WorkflowDoorbell Bell() => new("app", "i", "turn", IsActivity: false, Now);

    private static string Text(WorkflowDoorbell bell) => Encoding.UTF8.GetString(DoorbellText.Write(bell).Span);

    private static WorkflowDoorbell Read(QueueMessage message) => DoorbellText.Read(Encoding.UTF8.GetBytes(message.Text));

    // What a failed drain has received is hidden for minutes: put it there once more.
    private static async Task MakeVisibleAsync(QueueClient queue)
    {
        await queue.ClearAsync(Cancelled);
        foreach (var text in (string[])[.. Enumerable.Range(0, 40).Select(number => Text(new("app", $"i-{number}", "turn", false, Now))), "no doorbell", Text(new("other", "theirs", "turn", false, Now))])
        {
            await queue.PutAsync(text, TimeSpan.Zero, null, Cancelled);
        }
    }

    private (string Name, string Value)[] Usual() =>
        [("accountName", azurite.Server.Account), ("accountKey", azurite.Server.Key), ("queueEndpoint", $"http://127.0.0.1:{azurite.Server.QueuePort}"), ("turnsQueue", _turns), ("activitiesQueue", _activities)];

    private StorageQueueDispatcher Dispatcher(params (string Name, string Value)[] items) =>
        new(StateContexts.Create(Type, TimeProvider.System, [.. items, .. Usual().Where(usual => items.All(item => item.Name != usual.Name))]));

    private async Task<StorageQueueDispatcher> StartAsync(LogCapture? log = null)
    {
        var context = StateContexts.Create(Type, TimeProvider.System, Usual());
        var dispatcher = new StorageQueueDispatcher(log is null ? context : context.LoggingTo(log));
        await dispatcher.InitializeAsync(Cancelled);
        await dispatcher.InitializeAsync(Cancelled);
        return dispatcher;
    }

    private async Task<List<QueueMessage>> TakeAllAsync(string name)
    {
        using var queue = azurite.Client(name);
        var all = new List<QueueMessage>();
        while (await queue.GetAsync(32, TimeSpan.FromMinutes(1), Cancelled) is { Count: > 0 } messages)
        {
            all.AddRange(messages);
        }

        return all;
    }
}
