using System.Globalization;
using System.Text;
using Serverless.Backends.Network;
using Serverless.Backends.Node;
using Serverless.Components.Bindings;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Components.Registry.Triggers;
using Serverless.Tests.Clients.AzureStorage.Queues;

namespace Serverless.Tests.Components.Bindings.AzureStorageQueues;

public sealed class StorageQueueInputTests(AzuriteQueues azurite) : IClassFixture<AzuriteQueues>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_Any_ArriveAsTheyWereSentAndGo()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite);
        string[] texts = ["hello", "\"hello\"", "{}", "aGVsbG8=", "wört 😀", "", new string('x', 65536)];
        foreach (var text in texts)
        {
            await rig.PutAsync(text);
        }

        await rig.ReadAsync(texts.Length);

        Assert.Equal(texts.Order(StringComparer.Ordinal), rig.Handler.Texts.Order(StringComparer.Ordinal));
        await rig.EmptyAsync();
    }

    [Fact]
    public async Task Message_OfMicrosoftsClient_ArrivesAsItWasSent()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite);
        await new NodeScript("queue.mjs", [.. rig.Address, "send", "<theirs> & ü"]).RunAsync(Cancelled);
        await rig.ReadAsync(1);

        Assert.Equal(["<theirs> & ü"], rig.Handler.Texts);
    }

    [Fact]
    public async Task Message_Metadata_AreDaprs()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite);
        var put = await rig.PutAsync("x");
        await rig.ReadAsync(1);

        var metadata = rig.Handler.Events[0].Metadata;
        Assert.Equal(["dequeueCount", "expirationTime", "insertionTime", "messageID", "nextVisibleTime", "popReceipt"], metadata.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((put.Id, "1", put.InsertedOn), (metadata["messageID"], metadata["dequeueCount"], DateTimeOffset.ParseExact(metadata["insertionTime"], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));
    }

    [Theory]
    [InlineData("aGVsbG8=", "hello")]
    [InlineData("no base64!", "no base64!")]
    [InlineData("some text", "some text")]
    public async Task DecodeBase64_AnyText_LosesNothing(string sent, string read)
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite, [("decodeBase64", "true"), .. StorageQueueRig.Quick]);
        await rig.PutAsync(sent);
        await rig.ReadAsync(1);

        Assert.Equal([read], rig.Handler.Texts);
    }

    [Fact]
    public async Task Refused_ComesAgainAfterItsTime()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite);
        await rig.PutAsync("x");
        rig.Handler.Script = (read, _) => ValueTask.FromResult(read.Metadata["dequeueCount"] == "1" ? DeliveryResult.Refused("no") : DeliveryResult.Delivered(default));
        await rig.ReadAsync(2);

        Assert.Equal(["1", "2"], rig.Handler.Events.Select(read => read.Metadata["dequeueCount"]));
        await rig.EmptyAsync();
    }

    [Fact]
    public async Task Unreachable_IsOfferedAgainWithoutCounting()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite);
        await rig.PutAsync("x");
        rig.Handler.Script = (_, _) => ValueTask.FromResult(rig.Handler.Events.Count < 3 ? DeliveryResult.Unreachable("down") : DeliveryResult.Delivered(default));
        await rig.ReadAsync(3);

        Assert.Equal(["1", "1", "1"], rig.Handler.Events.Select(read => read.Metadata["dequeueCount"]));
        await rig.EmptyAsync();
    }

    [Fact]
    public async Task SlowDelivery_IsKeptFromOthers()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite);
        await rig.PutAsync("x");
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Handler.Script = async (_, token) =>
        {
            await done.Task.WaitAsync(token);
            return DeliveryResult.Delivered(default);
        };
        await using (rig.Read())
        {
            await rig.Handler.WaitAsync(1);
            var started = TimeProvider.System.GetTimestamp();
            await RecordingHandler.UntilAsync("three times the visibility", () => TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(3));
            Assert.Empty((await rig.Queue.GetAsync(32, TimeSpan.FromSeconds(1), Cancelled))!);
            done.SetResult();
        }

        Assert.Single(rig.Handler.Events);
        await rig.EmptyAsync();
    }

    [Fact]
    public async Task LostMessage_EndsItsDelivery()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite);
        await rig.PutAsync("x");
        var isEnded = false;
        rig.Handler.Script = async (read, token) =>
        {
            Assert.Equal(QueueOutcome.Done, await rig.Queue.DeleteAsync(read.Metadata["messageID"], read.Metadata["popReceipt"], Cancelled));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(_ => isEnded = token.IsCancellationRequested, TaskScheduler.Default);
            token.ThrowIfCancellationRequested();
            return DeliveryResult.Delivered(default);
        };
        await using (rig.Read())
        {
            await rig.Handler.WaitAsync(1);
            await RecordingHandler.UntilAsync("the end of the delivery", () => isEnded);
        }
    }

    [Fact]
    public async Task ClosedBetweenDeliveryAndDeletion_ComesAgain()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite);
        await rig.PutAsync("x");
        rig.Handler.Script = async (_, _) =>
        {
            await rig.Binding.DisposeAsync();
            return DeliveryResult.Delivered(default);
        };
        await rig.ReadAsync(1);

        await rig.ReplaceAsync();
        rig.Handler.Script = (_, _) => ValueTask.FromResult(DeliveryResult.Delivered(default));
        await rig.ReadAsync(2);

        Assert.Equal(["1", "2"], rig.Handler.Events.Select(read => read.Metadata["dequeueCount"]));
        await rig.EmptyAsync();
    }

    [Fact]
    public async Task ManyMessages_AreWorkedOnTogetherWithoutPauses()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite, ("pollingInterval", "30s"), ("maxConcurrentHandlers", "4"));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => rig.PutAsync($"{i}")));
        rig.Handler.Script = async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, token);
            return DeliveryResult.Delivered(default);
        };
        await rig.ReadAsync(40);

        Assert.Equal(4, rig.Handler.MostAtOnce);
        Assert.Equal(40, rig.Handler.Texts.Distinct().Count());
        await rig.EmptyAsync();
    }

    [Fact]
    public async Task QueueGoneAndConnectionsCut_IsReadAgain()
    {
        var name = StorageQueues.NewName();
        await using var proxy = new TcpProxy(azurite.Server.QueuePort);
        await using var binding = StorageQueues.Binding(azurite.Server, proxy.Port, name, StorageQueueRig.Quick);
        using var queue = azurite.Client(name);
        var handler = new RecordingHandler();
        await using (new BindingReading(binding, handler))
        {
            await RecordingHandler.UntilAsync("a first look", () => proxy.Accepted > 0);
            Assert.True(await queue.CreateAsync(Cancelled));
            await StorageQueueRig.PutAsync(queue, "1");
            await handler.WaitAsync(1);
            proxy.IsRefusing = true;
            proxy.CutAll();
            var refused = proxy.Accepted;
            await StorageQueueRig.PutAsync(queue, "2");
            await RecordingHandler.UntilAsync("a refused look", () => proxy.Accepted > refused);
            proxy.IsRefusing = false;
            await RecordingHandler.UntilAsync("both messages", () => handler.Texts.Distinct().Count() == 2);
        }
    }

    [Fact]
    public async Task Stop_WaitsForDeliveries_AndReadingCanBeginAnew()
    {
        await using var rig = await StorageQueueRig.StartAsync(azurite);
        await rig.PutAsync("1");
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Handler.Script = async (_, _) =>
        {
            await done.Task;
            return DeliveryResult.Delivered(default);
        };
        await using var reading = rig.Read();
        await rig.Handler.WaitAsync(1);
        var stopped = reading.StopAsync();
        Assert.False(stopped.IsCompleted);
        done.SetResult();
        await stopped;
        await rig.EmptyAsync();

        await rig.PutAsync("2");
        await using var again = rig.Read();
        await rig.Handler.WaitAsync(2);
    }

    [Fact]
    public void Trigger_GivesTheSameEvent()
    {
        using var queue = azurite.Client("unused");
        var binding = StorageQueues.Binding(azurite, "orders", ("decodeBase64", "true"));

        var read = binding.FromTrigger(new TriggerPayload
        {
            Data = "aGVsbG8="u8.ToArray(),
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Id"] = "i", ["PopReceipt"] = "p", ["DequeueCount"] = "3", ["InsertionTime"] = "2026-01-02T03:04:05+00:00", ["sys"] = "{}" },
        });

        Assert.Equal("hello", Encoding.UTF8.GetString(read.Data.Span));
        Assert.Equal(new Dictionary<string, string> { ["messageID"] = "i", ["popReceipt"] = "p", ["dequeueCount"] = "3", ["insertionTime"] = "2026-01-02T03:04:05Z" }, read.Metadata);
        Assert.Equal(new Dictionary<string, string> { ["queueName"] = "orders" }, binding.TriggerFields);
    }
}
