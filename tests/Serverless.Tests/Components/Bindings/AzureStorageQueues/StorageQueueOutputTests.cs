using Serverless.Backends.Node;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Components.Registry;
using Serverless.Tests.Clients.AzureStorage.Queues;

namespace Serverless.Tests.Components.Bindings.AzureStorageQueues;

public sealed class StorageQueueOutputTests(AzuriteQueues azurite) : IClassFixture<AzuriteQueues>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"hello\"", "hello", "aGVsbG8=")]
    [InlineData("\"say \\\"hi\\\"\\n\"", "say \"hi\"\n", "c2F5ICJoaSIK")]
    [InlineData("{\"a\":1}", "{\"a\":1}", "eyJhIjoxfQ==")]
    [InlineData("\"aGVsbG8=\"", "aGVsbG8=", "YUdWc2JHOD0=")]
    [InlineData("\"wört 😀\"", "wört 😀", "d8O2cnQg8J+YgA==")]
    [InlineData("null", "null", "bnVsbA==")]
    [InlineData("\"\"", "", "")]
    public async Task Create_AnyData_SendsItsText(string data, string plain, string base64)
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name);
        await using var encoding = await StorageQueues.StartAsync(azurite, name, ("encodeBase64", "true"));

        Assert.Null(await binding.CreateAsync(data));
        Assert.Null(await encoding.CreateAsync(data));

        using var queue = azurite.Client(name);
        Assert.Equal([plain, base64], (await queue.PeekAsync(32, Cancelled))!.Select(message => message.Text));
    }

    [Fact]
    public async Task Create_Times_AreTheRequestsThenTheComponentsThenDaprs()
    {
        var name = StorageQueues.NewName();
        await using var plain = await StorageQueues.StartAsync(azurite, name);
        await using var own = await StorageQueues.StartAsync(azurite, name, ("ttl", "2h"), ("initialVisibilityDelay", "1h"));
        using var queue = azurite.Client(name);

        await plain.CreateAsync("1");
        await plain.CreateAsync("2", ("ttlInSeconds", "60"));
        await own.CreateAsync("3");
        await own.CreateAsync("4", ("initialVisibilityDelay", "0"));

        var seen = (await queue.PeekAsync(32, Cancelled))!;
        Assert.Equal([("1", 600), ("2", 60), ("4", 7200)], seen.Select(message => (message.Text, (int)(message.ExpiresOn - message.InsertedOn).TotalSeconds)));
        Assert.Equal(4, await queue.CountAsync(Cancelled));
    }

    [Theory]
    [InlineData("ttl", "0", "ttl value must be higher than zero: actual is 0")]
    [InlineData("ttl", "soon", "ttl value must be a valid duration or a number of seconds: actual is 'soon'")]
    [InlineData("initialVisibilityDelay", "-1s", "initialVisibilityDelay value must be a valid duration or a number of seconds: actual is '-1s'")]
    [InlineData("initialVisibilityDelay", "10m", "the ttl (600 s) must be longer than the initialVisibilityDelay (600 s)")]
    public async Task Create_UnusableMetadata_IsTold(string name, string value, string fault)
    {
        await using var binding = StorageQueues.Binding(azurite, "unused");

        Assert.Equal(fault, await binding.FaultAsync("1", (name, value)));
    }

    [Fact]
    public async Task Create_LargerThanAQueueTakes_IsToldBefore()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name);
        await using var encoding = await StorageQueues.StartAsync(azurite, name, ("encodeBase64", "true"));

        Assert.Null(await binding.CreateAsync($"\"{new string('a', 65536)}\""));
        Assert.Equal("the message has 65537 bytes; a queue takes 65536", await binding.FaultAsync($"\"{new string('a', 65537)}\""));
        Assert.Null(await encoding.CreateAsync($"\"{new string('a', 49152)}\""));
        Assert.Equal("the message has 65540 bytes; a queue takes 65536", await encoding.FaultAsync($"\"{new string('a', 49153)}\""));
        Assert.Equal("the message has the character U+0000, which XML can't hold; send it as Base64", await binding.FaultAsync("\"\\u0000\""));
    }

    [Fact]
    public async Task Create_QueueDeleted_IsToldAndUsedAgainOnceItIsBack()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name);
        using var queue = azurite.Client(name);
        Assert.True(await queue.DeleteAsync(Cancelled));

        Assert.Equal($"queue {name} does not exist", await binding.FaultAsync("1"));
        Assert.True(await queue.CreateAsync(Cancelled));
        Assert.Null(await binding.CreateAsync("1"));
    }

    [Fact]
    public async Task Initialize_WrongKey_NamesTheQueueAndNoSecret()
    {
        const string wrong = "d3Jvbmc=";
        await using var binding = StorageQueues.Binding(azurite, "refused", ("accountKey", wrong));

        var fault = await Assert.ThrowsAsync<ComponentException>(() => binding.InitializeAsync(Cancelled));

        Assert.StartsWith("component 'statestore': failed to create queue refused: Queue Storage create queue: the service answered 403", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ReadByMicrosoftsClient_IsTheSame()
    {
        var name = StorageQueues.NewName();
        await using var binding = await StorageQueues.StartAsync(azurite, name, ("encodeBase64", "true"));
        await binding.CreateAsync("\"wört <&>\"");

        var seen = await new NodeScript("queue.mjs", [azurite.Server.ConnectionString, name, "peek"]).RunAsync(Cancelled);

        Assert.Equal("d8O2cnQgPCY+", Assert.Single(seen.EnumerateArray()).GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("metadata 'queueName': expected a value (it is required)", "queueName", "")]
    [InlineData($"metadata 'queueName': expected {QueueName.Rule}", "queueName", "Not_A_Name")]
    [InlineData("metadata 'pollingInterval': expected a duration of at least 0.1 s and at most 1 d", "pollingInterval", "50ms")]
    [InlineData("metadata 'visibilityTimeout': expected a duration of at least 1 s and at most 7 d", "visibilityTimeout", "8000h")]
    [InlineData("metadata 'ttl': expected a duration of at least 1 s", "ttl", "0s")]
    [InlineData("metadata 'maxConcurrentHandlers': expected a whole number from 1 to 1000", "maxConcurrentHandlers", "0")]
    public void Options_Fault_NamesTheItem(string fault, string name, string value)
    {
        var exception = Assert.Throws<ComponentException>(() => StorageQueues.Binding(azurite, name == "queueName" ? value : "queue", name == "queueName" ? [] : [(name, value)]));

        Assert.Equal($"component 'statestore': {fault}", exception.Message);
    }
}
