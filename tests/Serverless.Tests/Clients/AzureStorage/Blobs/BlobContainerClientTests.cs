using System.Text;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

[Collection(BlobServerUsers.Name)]
public sealed class BlobContainerClientTests(BlobServer server)
{
    private const string Md5OfHello = "XUFAKrxLKna5cZ2REBfFkg==";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Container_LifeOfOne_IsToldAtEachStep()
    {
        using var client = server.Client();

        Assert.False(await client.ContainerExistsAsync(Token));
        Assert.False(await client.DeleteContainerAsync(Token));
        Assert.True(await client.CreateContainerAsync(BlobAccess.None, Token));
        Assert.False(await client.CreateContainerAsync(BlobAccess.None, Token));
        Assert.True(await client.ContainerExistsAsync(Token));
        Assert.True(await client.DeleteContainerAsync(Token));
        Assert.False(await client.ContainerExistsAsync(Token));
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Blob")]
    [InlineData("Container")]
    public async Task CreateContainer_Access_IsWhatStrangersHave(string access)
    {
        using var client = await server.ContainerAsync(Enum.Parse<BlobAccess>(access));
        await PutAsync(client, "k", "1");
        using var stranger = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) });

        using var answer = await stranger.GetAsync(new Uri($"{client.Address}/k"), Token);
        using var list = await stranger.GetAsync(new Uri($"{client.Address}?restype=container&comp=list"), Token);

        Assert.Equal(access != "None", answer.IsSuccessStatusCode);
        Assert.Equal(access == "Container", list.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Put_WithEverything_IsReadBack()
    {
        using var client = await server.ContainerAsync();
        var headers = new BlobHeaders
        {
            ContentType = "text/plain; charset=utf-8",
            ContentMd5 = Md5OfHello,
            ContentEncoding = "identity",
            ContentLanguage = "de",
            ContentDisposition = "inline",
            CacheControl = "no-cache",
        };
        var metadata = new Dictionary<string, string> { ["Color"] = "dark  blue", ["a_b"] = "1", ["ab"] = "2", ["a1"] = "3", ["A_1"] = "4" };

        var put = await client.PutAsync("k", new BlobUpload("hello"u8.ToArray()) { Headers = headers, Metadata = metadata }, Token);
        var read = await client.GetAsync("k", BlobCondition.None, null, Token);
        var head = await client.HeadAsync("k", BlobCondition.None, Token);

        Assert.True(put.IsDone);
        Assert.Equal("hello", Encoding.UTF8.GetString(read.Content.Span));
        foreach (var properties in (BlobProperties[])[read.Properties!, head.Properties!])
        {
            Assert.Equal((put.ETag, 5, "available"), (properties.ETag, properties.Length, properties.LeaseState));
            Assert.Equal(headers, properties.Headers);
            Assert.Equal(metadata, properties.Metadata);
            Assert.InRange(properties.LastModified, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5));
        }

        Assert.True(head.Content.IsEmpty);
    }

    [Fact]
    public async Task Put_WrongMd5_IsRefused()
    {
        using var client = await server.ContainerAsync();

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () =>
            await client.PutAsync("k", new BlobUpload("other"u8.ToArray()) { Headers = new BlobHeaders { ContentMd5 = Md5OfHello } }, Token));

        Assert.Equal(400, fault.Status);
    }

    [Fact]
    public async Task Put_Conditions_HoldOrRefuse()
    {
        using var client = await server.ContainerAsync();

        Assert.Equal(BlobOutcome.ConditionNotMet, (await PutAsync(client, "k", "0", BlobCondition.Matches("\"0x1\""))).Outcome);
        var first = await PutAsync(client, "k", "1", BlobCondition.Absent);
        var refusal = await PutAsync(client, "k", "2", BlobCondition.Absent);
        Assert.Equal((BlobOutcome.ConditionNotMet, "BlobAlreadyExists", 409), (refusal.Outcome, refusal.Refusal?.Code, refusal.Refusal?.Status));
        var second = await PutAsync(client, "k", "3", BlobCondition.Matches(first.ETag!));
        refusal = await PutAsync(client, "k", "4", BlobCondition.Matches(first.ETag!));
        Assert.Equal((BlobOutcome.ConditionNotMet, "ConditionNotMet", 412), (refusal.Outcome, refusal.Refusal?.Code, refusal.Refusal?.Status));

        Assert.NotEqual(first.ETag, second.ETag);
        Assert.NotNull(refusal.Refusal?.RequestId);
        Assert.Contains("Blob Storage put blob", refusal.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Unchanged_IsNotModified()
    {
        using var client = await server.ContainerAsync();
        var put = await PutAsync(client, "k", "1");

        var same = await client.GetAsync("k", new BlobCondition(IfNoneMatch: put.ETag), null, Token);
        await PutAsync(client, "k", "2");
        var changed = await client.GetAsync("k", new BlobCondition(IfNoneMatch: put.ETag), null, Token);

        Assert.Equal(BlobOutcome.NotModified, same.Outcome);
        Assert.Equal("2", Encoding.UTF8.GetString(changed.Content.Span));
        Assert.Equal(BlobOutcome.ConditionNotMet, (await client.GetAsync("k", BlobCondition.Matches(put.ETag!), null, Token)).Outcome);
        Assert.Equal(BlobOutcome.NotModified, (await client.HeadAsync("k", new BlobCondition(IfNoneMatch: changed.Properties!.ETag), Token)).Outcome);
    }

    [Fact]
    public async Task Get_Range_IsThePart()
    {
        using var client = await server.ContainerAsync();
        await PutAsync(client, "k", "0123456789");

        var middle = await client.GetAsync("k", BlobCondition.None, new BlobRange(2, 3), Token);
        var rest = await client.GetAsync("k", BlobCondition.None, new BlobRange(8), Token);
        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.GetAsync("k", BlobCondition.None, new BlobRange(1000), Token));

        Assert.Equal(("234", 10), (Encoding.UTF8.GetString(middle.Content.Span), middle.Properties!.Length));
        Assert.Equal("89", Encoding.UTF8.GetString(rest.Content.Span));
        Assert.Equal(416, fault.Status);
    }

    [Fact]
    public async Task Missing_BlobOrContainer_IsToldApart()
    {
        using var client = server.Client();
        var metadata = new Dictionary<string, string> { ["a"] = "1" };
        foreach (var expected in (BlobOutcome[])[BlobOutcome.ContainerMissing, BlobOutcome.BlobMissing])
        {
            Assert.Equal(expected, (await client.GetAsync("k", BlobCondition.None, null, Token)).Outcome);
            Assert.Equal(expected, (await client.HeadAsync("k", BlobCondition.None, Token)).Outcome);
            Assert.Equal(expected, (await client.SetMetadataAsync("k", metadata, BlobCondition.None, Token)).Outcome);
            Assert.Equal(expected, (await client.DeleteAsync("k", BlobCondition.None, BlobSnapshots.Keep, Token)).Outcome);
            Assert.Equal(expected, (await client.AcquireLeaseAsync("k", Guid.NewGuid(), null, Token)).Outcome);
            if (expected == BlobOutcome.ContainerMissing)
            {
                Assert.Equal(expected, (await PutAsync(client, "k", "1")).Outcome);
                Assert.Null(await client.ListAsync(new BlobQuery(), Token));
                await client.CreateContainerAsync(BlobAccess.None, Token);
            }
        }
    }

    [Fact]
    public async Task SetMetadata_Condition_ReplacesAllOrNothing()
    {
        using var client = await server.ContainerAsync();
        var put = await client.PutAsync("k", new BlobUpload("1"u8.ToArray()) { Metadata = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } }, Token);

        var set = await client.SetMetadataAsync("k", new Dictionary<string, string> { ["c"] = "3" }, BlobCondition.Matches(put.ETag!), Token);
        var stale = await client.SetMetadataAsync("k", BlobUpload.NoMetadata, BlobCondition.Matches(put.ETag!), Token);

        Assert.Equal((BlobOutcome.Done, BlobOutcome.ConditionNotMet), (set.Outcome, stale.Outcome));
        var properties = (await client.HeadAsync("k", BlobCondition.None, Token)).Properties!;
        Assert.Equal(set.ETag, properties.ETag);
        Assert.Equal(new Dictionary<string, string> { ["c"] = "3" }, properties.Metadata);
    }

    [Fact]
    public async Task Delete_Condition_HoldsOrRefuses()
    {
        using var client = await server.ContainerAsync();
        var put = await PutAsync(client, "k", "1");

        Assert.Equal(BlobOutcome.ConditionNotMet, (await client.DeleteAsync("k", BlobCondition.Matches("\"0x1\""), BlobSnapshots.Keep, Token)).Outcome);
        Assert.True((await client.DeleteAsync("k", BlobCondition.Matches(put.ETag!), BlobSnapshots.Include, Token)).IsDone);
        Assert.Equal(BlobOutcome.BlobMissing, (await client.GetAsync("k", BlobCondition.None, null, Token)).Outcome);
    }

    [Fact]
    public async Task Concurrent_PutsOnOneETag_OneWins()
    {
        using var client = await server.ContainerAsync();
        var etag = (await PutAsync(client, "k", "0")).ETag!;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => PutAsync(client, "k", $"{i}", BlobCondition.Matches(etag)), Token)));

        Assert.Single(outcomes, outcome => outcome.IsDone);
        Assert.Equal(15, outcomes.Count(outcome => outcome.Outcome == BlobOutcome.ConditionNotMet));
    }

    private static async Task<BlobResult> PutAsync(BlobContainerClient client, string name, string text, BlobCondition? condition = null) =>
        await client.PutAsync(name, new BlobUpload(Encoding.UTF8.GetBytes(text)) { Condition = condition ?? BlobCondition.None }, Token);
}
