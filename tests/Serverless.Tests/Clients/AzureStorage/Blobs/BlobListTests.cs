using System.Text;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

[Collection(BlobServerUsers.Name)]
public sealed class BlobListTests(BlobServer server)
{
    private static readonly string[] OddNames =
    [
        "a/b", "/a", "a//b", "a/", "a.", "a./b", "...", " ", "a b", "é", "e\u0301", "🔑", "%41", "a%2Fb", "a?b#c", "a+b", "a&b=c", "<x>", "\"'", "app||key", "a:b", "a\tb", "~-_!*()",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_Odd_AreKeptApartByEveryOperation()
    {
        using var client = await server.ContainerAsync();
        foreach (var name in OddNames)
        {
            Assert.True((await PutAsync(client, name, name)).IsDone);
        }

        foreach (var name in OddNames)
        {
            Assert.Equal(name, Encoding.UTF8.GetString((await client.GetAsync(name, BlobCondition.None, null, Token)).Content.Span));
        }

        Assert.Equal(OddNames.Order(StringComparer.Ordinal), (await NamesAsync(client, new BlobQuery { PageSize = 5 })).Order(StringComparer.Ordinal));
        foreach (var name in OddNames)
        {
            Assert.True((await client.DeleteAsync(name, BlobCondition.None, BlobSnapshots.Keep, Token)).IsDone);
        }

        Assert.Empty(await NamesAsync(client, new BlobQuery()));
    }

    [Fact]
    public async Task Name_Longest_Works()
    {
        using var client = await server.ContainerAsync();
        var name = new string('k', 1024);

        Assert.True((await PutAsync(client, name, "1")).IsDone);

        Assert.Equal([name], await NamesAsync(client, new BlobQuery()));
    }

    [Fact]
    public async Task Pages_FollowEachOther()
    {
        using var client = await server.ContainerAsync();
        var names = Enumerable.Range(0, 10).Select(i => $"n{i}").ToArray();
        await Task.WhenAll(names.Select(name => PutAsync(client, name, name)));

        var first = (await client.ListAsync(new BlobQuery { PageSize = 4 }, Token))!;
        var second = (await client.ListAsync(new BlobQuery { PageSize = 4, Marker = first.Next }, Token))!;
        var third = (await client.ListAsync(new BlobQuery { PageSize = 4, Marker = second.Next }, Token))!;

        Assert.Equal((4, 4, 2), (first.Items.Count, second.Items.Count, third.Items.Count));
        Assert.Equal(names, first.Items.Concat(second.Items).Concat(third.Items).Select(item => item.Name));
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task Prefix_WithDelimiter_FoldsWhatLiesDeeper()
    {
        using var client = await server.ContainerAsync();
        foreach (var name in (string[])["a", "d/1", "d/2", "d/e/1", "d/e/2", "x/1"])
        {
            await PutAsync(client, name, "1");
        }

        var page = (await client.ListAsync(new BlobQuery { Prefix = "d/", Delimiter = "/" }, Token))!;

        Assert.Equal(["d/1", "d/2"], page.Items.Select(item => item.Name));
        Assert.Equal(["d/e/"], page.Prefixes);
    }

    [Fact]
    public async Task Item_Properties_AreTheBlobs()
    {
        using var client = await server.ContainerAsync();
        var headers = new BlobHeaders { ContentType = "text/plain", ContentLanguage = "de", CacheControl = "no-cache" };
        var metadata = new Dictionary<string, string> { ["Color"] = "blue & <green>" };
        await client.PutAsync("k", new BlobUpload("hello"u8.ToArray()) { Headers = headers, Metadata = metadata }, Token);
        await client.AcquireLeaseAsync("k", Guid.NewGuid(), null, Token);
        var head = (await client.HeadAsync("k", BlobCondition.None, Token)).Properties!;

        var plain = Assert.Single((await client.ListAsync(new BlobQuery(), Token))!.Items).Properties;
        var whole = Assert.Single((await client.ListAsync(new BlobQuery { IncludesMetadata = true }, Token))!.Items).Properties;

        Assert.Equal((head.ETag, head.Length, head.LastModified, "leased"), (whole.ETag, whole.Length, whole.LastModified, whole.LeaseState));
        Assert.Equal(head.Headers, whole.Headers);
        Assert.Equal(metadata, whole.Metadata);
        Assert.Empty(plain.Metadata);
    }

    private static async Task<List<string>> NamesAsync(BlobContainerClient client, BlobQuery query)
    {
        List<string> names = [];
        do
        {
            var page = (await client.ListAsync(query, Token))!;
            names.AddRange(page.Items.Select(item => item.Name));
            query = query with { Marker = page.Next };
        }
        while (query.Marker is not null);

        return names;
    }

    private static async Task<BlobResult> PutAsync(BlobContainerClient client, string name, string text) =>
        await client.PutAsync(name, new BlobUpload(Encoding.UTF8.GetBytes(text)), Token);
}
