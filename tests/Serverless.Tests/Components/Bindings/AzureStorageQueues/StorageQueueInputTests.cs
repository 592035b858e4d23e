using System.Globalization;
using System.Text;
using Serverless.Backends.Network;
using Serverless.Backends.Node;
using Serverless.Components.Bindings;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Tests.Clients.AzureStorage.Queues;

namespace Serverless.Tests.Components.Bindings.AzureStorageQueues;

public sealed class StorageQueueInputTests(AzuriteQueues azurite) : IClassFixture<AzuriteQueues>
{
    private static readonly (string Name, string Value)[] Quick = [("pollingInterval", "100ms"), ("visibilityTimeout", "1s")];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_Any_ArriveAsTheyWereSentAndGo()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, Quick);
        using var queue = azurite.Client(name);
        string[] texts = ["hello", "\"hello\"", "{}", "aGVsbG8=", "wört 😀", "", new string('x', 65536)];
        foreach (var text in texts)
        {
            await PutAsync(queue, text);
        }

        var handler = new RecordingHandler();
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(texts.Length);
        }

        Assert.Equal(texts.Order(StringComparer.Ordinal), handler.Texts.Order(StringComparer.Ordinal));
        Assert.Equal(0, await queue.CountAsync(Cancelled));
    }

    [Fact]
    public async Task Message_OfMicrosoftsClient_ArrivesAsItWasSent()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, Quick);
        await new NodeScript("queue.mjs", [azurite.Server.ConnectionString, name, "send", "<theirs> & ü"]).RunAsync(Cancelled);
        var handler = new RecordingHandler();
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(1);
        }

        Assert.Equal(["<theirs> & ü"], handler.Texts);
    }

    [Fact]
    public async Task Message_Metadata_AreDaprs()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, Quick);
        using var queue = azurite.Client(name);
        var put = await PutAsync(queue, "x");
        var handler = new RecordingHandler();
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(1);
        }

        var metadata = handler.Events[0].Metadata;
        Assert.Equal(["dequeueCount", "expirationTime", "insertionTime", "messageID", "nextVisibleTime", "popReceipt"], metadata.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((put.Id, "1", put.InsertedOn), (metadata["messageID"], metadata["dequeueCount"], DateTimeOffset.ParseExact(metadata["insertionTime"], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));
    }

    [Theory]
    [InlineData("aGVsbG8=", "hello")]
    [InlineData("no base64!", "no base64!")]
    [InlineData("some text", "some text")]
    public async Task DecodeBase64_AnyText_LosesNothing(string sent, string read)
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, [("decodeBase64", "true"), .. Quick]);
        using var queue = azurite.Client(name);
        await PutAsync(queue, sent);
        var handler = new RecordingHandler();
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(1);
        }

        Assert.Equal([read], handler.Texts);
    }

    [Fact]
    public async Task Refused_ComesAgainAfterItsTime()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, Quick);
        using var queue = azurite.Client(name);
        await PutAsync(queue, "x");
        var handler = new RecordingHandler { Script = (read, _) => ValueTask.FromResult(read.Metadata["dequeueCount"] == "1" ? DeliveryResult.Refused("no") : DeliveryResult.Delivered(default)) };
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(2);
        }

        Assert.Equal(["1", "2"], handler.Events.Select(read => read.Metadata["dequeueCount"]));
        Assert.Equal(0, await queue.CountAsync(Cancelled));
    }

    [Fact]
    public async Task Unreachable_IsOfferedAgainWithoutCounting()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, Quick);
        using var queue = azurite.Client(name);
        await PutAsync(queue, "x");
        var handler = new RecordingHandler();
        handler.Script = (_, _) => ValueTask.FromResult(handler.Events.Count < 3 ? DeliveryResult.Unreachable("down") : DeliveryResult.Delivered(default));
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(3);
        }

        Assert.Equal(["1", "1", "1"], handler.Events.Select(read => read.Metadata["dequeueCount"]));
        Assert.Equal(0, await queue.CountAsync(Cancelled));
    }

    [Fact]
    public async Task SlowDelivery_IsKeptFromOthers()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, Quick);
        using var queue = azurite.Client(name);
        await PutAsync(queue, "x");
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new RecordingHandler
        {
            Script = async (_, token) =>
            {
                await done.Task.WaitAsync(token);
                return DeliveryResult.Delivered(default);
            },
        };
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(1);
            var started = TimeProvider.System.GetTimestamp();
            await RecordingHandler.UntilAsync("three times the visibility", () => TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(3));
            Assert.Empty((await queue.GetAsync(32, TimeSpan.FromSeconds(1), Cancelled))!);
            done.SetResult();
        }

        Assert.Single(handler.Events);
        Assert.Equal(0, await queue.CountAsync(Cancelled));
    }

    [Fact]
    public async Task LostMessage_EndsItsDelivery()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, Quick);
        using var queue = azurite.Client(name);
        await PutAsync(queue, "x");
        var isEnded = false;
        var handler = new RecordingHandler
        {
            Script = async (read, token) =>
            {
                Assert.Equal(QueueOutcome.Done, await queue.DeleteAsync(read.Metadata["messageID"], read.Metadata["popReceipt"], Cancelled));
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(_ => isEnded = token.IsCancellationRequested, TaskScheduler.Default);
                token.ThrowIfCancellationRequested();
                return DeliveryResult.Delivered(default);
            },
        };
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(1);
            await RecordingHandler.UntilAsync("the end of the delivery", () => isEnded);
        }
    }

    [Fact]
    public async Task ClosedBetweenDeliveryAndDeletion_ComesAgain()
    {
        var name = StorageQueues.NewName();
        var first = await StorageQueues.StartAsync(azurite, name, Quick);
        using var queue = azurite.Client(name);
        await PutAsync(queue, "x");
        var handler = new RecordingHandler
        {
            Script = async (_, _) =>
            {
                await first.DisposeAsync();
                return DeliveryResult.Delivered(default);
            },
        };
        await using (new BindingReading(first, handler))
        {
            await handler.WaitAsync(1);
        }

        await using var second = await StorageQueues.StartAsync(azurite, name, Quick);
        var next = new RecordingHandler();
        await using (new BindingReading(second, next))
        {
            await next.WaitAsync(1);
        }

        Assert.Equal("2", next.Events[0].Metadata["dequeueCount"]);
        Assert.Equal(0, await queue.CountAsync(Cancelled));
    }

    [Fact]
    public async Task ManyMessages_AreWorkedOnTogetherWithoutPauses()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, ("pollingInterval", "30s"), ("maxConcurrentHandlers", "4"));
        using var queue = azurite.Client(name);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => PutAsync(queue, $"{i}")));
        var handler = new RecordingHandler
        {
            Script = async (_, token) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, token);
                return DeliveryResult.Delivered(default);
            },
        };
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(40);
        }

        Assert.Equal(4, handler.MostAtOnce);
        Assert.Equal(40, handler.Texts.Distinct().Count());
        Assert.Equal(0, await queue.CountAsync(Cancelled));
    }

    [Fact]
    public async Task QueueGoneAndConnectionsCut_IsReadAgain()
    {
        var name = StorageQueues.NewName();
        await using var proxy = new TcpProxy(azurite.Server.QueuePort);
        await using var binding = StorageQueues.Binding(azurite.Server, proxy.Port, name, Quick);
        using var queue = azurite.Client(name);
        var handler = new RecordingHandler();
        await using (new BindingReading(binding, handler))
        {
            await RecordingHandler.UntilAsync("a first look", () => proxy.Accepted > 0);
            Assert.True(await queue.CreateAsync(Cancelled));
            await PutAsync(queue, "1");
            await handler.WaitAsync(1);
            proxy.IsRefusing = true;
            proxy.CutAll();
            var refused = proxy.Accepted;
            await PutAsync(queue, "2");
            await RecordingHandler.UntilAsync("a refused look", () => proxy.Accepted > refused);
            proxy.IsRefusing = false;
            await RecordingHandler.UntilAsync("both messages", () => handler.Texts.Distinct().Count() == 2);
        }
    }

    [Fact]
    public async Task Stop_WaitsForDeliveries_AndReadingCanBeginAnew()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, Quick);
        using var queue = azurite.Client(name);
        await PutAsync(queue, "1");
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new RecordingHandler
        {
            Script = async (_, _) =>
            {
                await done.Task;
                return DeliveryResult.Delivered(default);
            },
        };
        await using var reading = new BindingReading(binding, handler);
        await handler.WaitAsync(1);
        var stopped = reading.StopAsync();
        Assert.False(stopped.IsCompleted);
        done.SetResult();
        await stopped;
        Assert.Equal(0, await queue.CountAsync(Cancelled));

        await PutAsync(queue, "2");
        await using var again = new BindingReading(binding, handler);
        await handler.WaitAsync(2);
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

    private static async Task<QueueMessage> PutAsync(QueueClient queue, string text) => (await queue.PutAsync(text, TimeSpan.Zero, TimeSpan.FromMinutes(5), Cancelled))!;
}
