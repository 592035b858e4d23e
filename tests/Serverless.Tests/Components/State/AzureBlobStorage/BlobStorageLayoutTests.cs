using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Backends.Node;
using Serverless.Components.State;
using Serverless.Components.State.AzureBlobStorage;
using Serverless.Tests.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Components.State.AzureBlobStorage;

/// <summary>What is written here has daprd's layout, and is read with Microsoft's client and over plain HTTP; what others wrote is read here.</summary>
[Collection(BlobServerUsers.Name)]
public sealed class BlobStorageLayoutTests(BlobServer server) : IAsyncLifetime
{
    private const string Md5OfOne = "xMpCOKC5I4INzFCab3WEmw==";
    private readonly string _container = server.NewContainer();
    private BlobStorageStateStore _v1 = null!;
    private BlobStorageStateStore _v2 = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _v1 = BlobStorageStateStore.CreateV1(BlobStores.Context(server, _container, ("publicAccessLevel", "blob")));
        _v2 = BlobStorageStateStore.CreateV2(BlobStores.Context(server, _container));
        await _v1.InitializeAsync(Token);
        await _v2.InitializeAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _v1.DisposeAsync();
        await _v2.DisposeAsync();
    }

    [Fact]
    public async Task Name_OfEachVersion_IsDaprs()
    {
        await SaveAsync(_v1, "app||a/b", "1");
        await SaveAsync(_v1, "plain", "2");
        await SaveAsync(_v1, "app||type||id", "3");
        await SaveAsync(_v2, "app||a/b", "4");
        await SaveAsync(_v2, "other", "5");

        var blobs = await ReadAllAsync();

        Assert.Equal(
            new Dictionary<string, string> { ["a/b"] = "1", ["plain"] = "2", ["app||type||id"] = "3", ["app||a/b"] = "4", ["other"] = "5" },
            blobs.ToDictionary(blob => blob.GetProperty("name").GetString()!, Content));
    }

    [Fact]
    public async Task Content_PlainHttp_IsTheValueWithTheETagThatGetGives()
    {
        await SaveAsync(_v2, "app||k", "{\"a\":1}");
        using var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) });

        using var answer = await http.GetAsync(new Uri($"{server.Server.BlobEndpoint}/{_container}/app%7C%7Ck"), Token);

        Assert.Equal("{\"a\":1}", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(answer.Headers.ETag?.ToString(), (await _v2.GetAsync(Get("app||k"), Token))!.ETag);
    }

    [Fact]
    public async Task Metadata_OfAnItem_BecomesHeadersOrIsCleaned()
    {
        var metadata = new Dictionary<string, string>
        {
            ["ContentType"] = "text/plain",
            ["contentMD5"] = Md5OfOne,
            ["CONTENTENCODING"] = "identity",
            ["contentLanguage"] = "de",
            ["contentDisposition"] = "inline",
            ["cacheControl"] = "no-cache",
            ["ttlInSeconds"] = "60",
            ["my-key_1"] = "über\r\n x\tü",
        };
        Assert.Equal(StateResult.Done, await SaveAsync(_v2, "k", "1", metadata));
        using var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) });

        using var answer = await http.GetAsync(new Uri($"{server.Server.BlobEndpoint}/{_container}/k"), Token);

        var headers = answer.Content.Headers;
        Assert.Equal(("text/plain", Md5OfOne), (headers.ContentType?.ToString(), Convert.ToBase64String(headers.ContentMD5!)));
        Assert.Equal(("identity", "de", "inline"), (headers.ContentEncoding.Single(), headers.ContentLanguage.Single(), headers.ContentDisposition?.ToString()));
        Assert.Equal("no-cache", answer.Headers.CacheControl?.ToString());
        Assert.Equal("60", answer.Headers.GetValues("x-ms-meta-ttlInSeconds").Single());
        Assert.Equal("ber x", answer.Headers.GetValues("x-ms-meta-mykey1").Single());
    }

    [Fact]
    public async Task ContentType_OfTheItem_GoesBeforeItsMetadata()
    {
        var metadata = new Dictionary<string, string> { ["contentType"] = "text/plain" };
        await _v2.SetAsync(new StateSet { Key = "k", Value = "1"u8.ToArray(), ContentType = "application/json", Metadata = metadata }, Token);

        var blob = Assert.Single(await ReadAllAsync());

        Assert.Equal("application/json", blob.GetProperty("contentType").GetString());
        Assert.Empty(blob.GetProperty("metadata").EnumerateObject());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("eA==")]
    public async Task ContentMd5_NoHash_IsRejected(string md5)
    {
        var result = await SaveAsync(_v2, "k", "1", new Dictionary<string, string> { ["contentMD5"] = md5 });

        Assert.Equal(StateResult.Rejected("incorrect value for metadata 'contentMD5': expected base64 of 16 bytes"), result);
        Assert.Empty(await ReadAllAsync());
    }

    [Fact]
    public async Task Metadata_SavedAgainWithout_IsGone()
    {
        await SaveAsync(_v2, "k", "1", new Dictionary<string, string> { ["a"] = "1", ["contentType"] = "text/plain" });
        await SaveAsync(_v2, "k", "2");

        var blob = Assert.Single(await ReadAllAsync());

        Assert.Equal("application/octet-stream", blob.GetProperty("contentType").GetString());
        Assert.Empty(blob.GetProperty("metadata").EnumerateObject());
    }

    [Fact]
    public async Task Blob_OfMicrosoftsClient_IsReadAndReplaced()
    {
        var blob = new JsonObject
        {
            ["name"] = "app||ключ/a b",
            ["content"] = Convert.ToBase64String("\"theirs\""u8),
            ["contentType"] = "application/json",
            ["metadata"] = new JsonObject { ["one"] = "1" },
        };
        var written = await new NodeScript("write-blob.mjs", server.Server.ConnectionString, _container) { Input = blob.ToJsonString() }.RunAsync(Token);

        var entry = (await _v2.GetAsync(Get("app||ключ/a b"), Token))!;
        Assert.Equal(("\"theirs\"", written.GetProperty("etag").GetString()), (Encoding.UTF8.GetString(entry.Value.Span), entry.ETag));
        Assert.Null(await _v1.GetAsync(Get("app||ключ/a b"), Token));
        Assert.Equal(StateResult.Done, await SaveAsync(_v2, "app||ключ/a b", "\"ours\"", etag: entry.ETag));

        var read = Assert.Single(await ReadAllAsync());
        Assert.Equal("\"ours\"", Content(read));
        Assert.Equal((await _v2.GetAsync(Get("app||ключ/a b"), Token))!.ETag, read.GetProperty("etag").GetString());
    }

    private static StateGet Get(string key) => new(key, "", StateMetadata.Empty);

    private static async Task<StateResult> SaveAsync(
        BlobStorageStateStore store, string key, string value, IReadOnlyDictionary<string, string>? metadata = null, string? etag = null) =>
        await store.SetAsync(new StateSet { Key = key, Value = Encoding.UTF8.GetBytes(value), Metadata = metadata ?? StateMetadata.Empty, ETag = etag }, Token);

    private static string Content(JsonElement blob) => Encoding.UTF8.GetString(blob.GetProperty("content").GetBytesFromBase64());

    private async Task<List<JsonElement>> ReadAllAsync() =>
        [.. (await new NodeScript("read-blobs.mjs", server.Server.ConnectionString, _container).RunAsync(Token)).EnumerateArray()];
}
