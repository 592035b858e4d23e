using System.Net;
using System.Text.Json.Nodes;
using Serverless.Backends.Azurite;
using static Serverless.IntegrationTests.Bindings.Stores.BlobBindingFixture;
using static Serverless.IntegrationTests.Bindings.Stores.StoreBindingApp;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>bindings.azure.blobstorage on Azurite.</summary>
public sealed class BlobBindingTests(BlobBindingFixture blobs) : IClassFixture<BlobBindingFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static HttpClient Anyone() => new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task Create_WithMetadata_IsReadWithIt()
    {
        var create = await blobs.App.CallAsync(
            Direct, "create", "{\"a\":1}", ("blobName", "dir/a b.json"), ("contentType", "application/json"), ("custom-1", "väl ue"), ("signTTL", "1m"));
        var get = await blobs.App.CallAsync(Direct, "get", null, ("blobName", "dir/a b.json"), ("includeMetadata", "true"));
        var plain = await blobs.App.CallAsync(Direct, "get", null, ("blobName", "dir/a b.json"));

        var answer = JsonNode.Parse(create.Text)!;
        Assert.Equal((HttpStatusCode.OK, "dir/a b.json"), (create.Status, create.Metadata["blobName"]));
        Assert.Equal(($"{blobs.Server.BlobEndpoint}/direct/dir/a%20b.json", "dir/a b.json"), ((string?)answer["blobURL"], (string?)answer["blobName"]));
        Assert.Equal("{\"a\":1}", get.Text);
        Assert.Equal([("custom1", "vl ue")], get.Metadata.Select(item => (item.Key.ToLowerInvariant(), item.Value)));
        Assert.Equal(("{\"a\":1}", 0), (plain.Text, plain.Metadata.Count));
        using var client = Anyone();
        using var anyone = await client.GetAsync(new Uri((string)answer["presignURL"]!), Token);
        Assert.Equal(("{\"a\":1}", "application/json"), (await anyone.Content.ReadAsStringAsync(Token), anyone.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task Create_StringWithoutName_IsUnquotedUnderANewName()
    {
        var create = await blobs.App.CallAsync(Direct, "create", "\"a \\\"b\\\"\"");

        var name = create.Metadata["blobName"];
        Assert.True(Guid.TryParse(name, out _));
        Assert.Null(JsonNode.Parse(create.Text)!["presignURL"]);
        Assert.Equal("a \"b\"", (await blobs.App.CallAsync(Direct, "get", null, ("blobName", name))).Text);
    }

    [Fact]
    public async Task Create_Base64_IsDecodedWhereTheComponentSaysSo()
    {
        await blobs.App.CallAsync(Decoding, "create", "\"AP8=\"", ("blobName", "bytes"));

        Assert.Equal([0, 255], (await blobs.App.CallAsync(Decoding, "get", null, ("blobName", "bytes"))).Bytes);
        Assert.Equal("the data is not base64, as decodeBase64 demands", await blobs.App.FailAsync(Decoding, "create", "\"%\"", ("blobName", "bad")));
    }

    [Fact]
    public async Task Delete_Blob_IsGone()
    {
        await blobs.App.CallAsync(Direct, "create", "1", ("blobName", "gone"));

        Assert.Equal(HttpStatusCode.NoContent, (await blobs.App.CallAsync(Direct, "delete", null, ("blobName", "gone"), ("deleteSnapshots", "include"))).Status);
        Assert.Equal("blob not found", await blobs.App.FailAsync(Direct, "get", null, ("blobName", "gone")));
        Assert.Equal("blob not found", await blobs.App.FailAsync(Direct, "delete", null, ("blobName", "gone")));
    }

    [Fact]
    public async Task List_Pages_HaveGosFieldsAndGoOnAtTheMarker()
    {
        foreach (var name in new[] { "list/1", "list/2", "list/3" })
        {
            await blobs.App.CallAsync(Direct, "create", "\"abc\"", ("blobName", name), ("m", name[^1..]));
        }

        var first = await blobs.App.CallAsync(Direct, "list", "{\"prefix\":\"list/\",\"maxResults\":2,\"include\":{\"metadata\":true,\"snapshots\":true}}");
        var second = await blobs.App.CallAsync(Direct, "list", $"{{\"prefix\":\"list/\",\"maxResults\":2,\"marker\":\"{first.Metadata["marker"]}\"}}");

        var items = JsonNode.Parse(first.Text)!.AsArray();
        Assert.Equal(["list/1", "list/2"], items.Select(item => (string?)item!["Name"]));
        Assert.Equal(("2", "1"), (first.Metadata["number"], first.Metadata["pagesTraversed"]));
        Assert.Equal(("list/3", "", "1"), ((string?)JsonNode.Parse(second.Text)![0]!["Name"], second.Metadata["marker"], second.Metadata["number"]));
        var properties = items[0]!["Properties"]!;
        Assert.Equal((3, "BlockBlob", "application/octet-stream"), ((int)properties["ContentLength"]!, (string?)properties["BlobType"], (string?)properties["ContentType"]));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", (string)properties["LastModified"]!);
        Assert.Equal("1", (string?)items[0]!["Metadata"]!["m"]);
        Assert.Equal(
            ["Deleted", "Name", "Properties", "Snapshot", "BlobTags", "HasVersionsOnly", "IsCurrentVersion", "Metadata", "OrMetadata", "VersionID"],
            items[0]!.AsObject().Select(field => field.Key));
        Assert.Equal("[]", (await blobs.App.CallAsync(Direct, "list", "{\"prefix\":\"none/\"}")).Text);
        Assert.StartsWith("error parsing list payload: ", await blobs.App.FailAsync(Direct, "list", "[]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Includes_TellWhatElseThereIs()
    {
        using var container = AzuriteContainer.Of(blobs.Server, "direct");
        await blobs.App.CallAsync(Direct, "create", "1", ("blobName", "inc/1"), ("m", "x"));
        await container.SnapshotAsync("inc/1", Token);
        await container.PutBlockAsync("inc/2", "half", Token);

        async Task<string[]> NamesAsync(string include)
        {
            var list = JsonNode.Parse((await blobs.App.CallAsync(Direct, "list", $"{{\"prefix\":\"inc/\",\"include\":{include}}}")).Text)!.AsArray();
            return [.. list.Select(item => $"{item!["Name"]}{(item["Snapshot"] is null ? "" : " snapshot")}{(item["Metadata"] is null ? "" : " metadata")}").Order(StringComparer.Ordinal)];
        }

        Assert.Equal(["inc/1"], await NamesAsync("null"));
        Assert.Equal(["inc/1"], await NamesAsync("{\"copy\":true,\"deleted\":true,\"snapshots\":null}"));
        Assert.Equal(["inc/1", "inc/1 snapshot"], await NamesAsync("{\"snapshots\":true}"));
        Assert.Equal(["inc/1 metadata", "inc/2"], await NamesAsync("{\"uncommittedBlobs\":true,\"metadata\":true}"));
    }

    [Fact]
    public async Task Delete_BlobWithSnapshots_DoesAsTheOptionSays()
    {
        using var container = AzuriteContainer.Of(blobs.Server, "direct");
        await blobs.App.CallAsync(Direct, "create", "1", ("blobName", "snap"));
        await container.SnapshotAsync("snap", Token);

        async Task<string> CountAsync() => (await blobs.App.CallAsync(Direct, "list", "{\"prefix\":\"snap\",\"include\":{\"snapshots\":true}}")).Metadata["number"];

        Assert.Contains("SnapshotsPresent", await blobs.App.FailAsync(Direct, "delete", null, ("blobName", "snap")), StringComparison.Ordinal);
        Assert.Equal("2", await CountAsync());
        await blobs.App.CallAsync(Direct, "delete", null, ("blobName", "snap"), ("deleteSnapshots", "only"));
        Assert.Equal("1", await CountAsync());
        await container.SnapshotAsync("snap", Token);
        Assert.Equal("[{\"blobName\":\"snap\"}]", (await blobs.App.CallAsync(Direct, "bulkDelete", "{\"blobNames\":[\"snap\"],\"deleteSnapshots\":\"include\"}")).Text);
        Assert.Equal("0", await CountAsync());
    }

    [Fact]
    public async Task Container_Public_LetsAnyoneReadItsBlobsOnly()
    {
        await blobs.App.CallAsync(Public, "create", "\"open\"", ("blobName", "b"));
        await blobs.App.CallAsync(Direct, "create", "\"closed\"", ("blobName", "b"));

        using var client = Anyone();
        Assert.Equal("open", await client.GetStringAsync(new Uri($"{blobs.Server.BlobEndpoint}/public/b"), Token));
        using var list = await client.GetAsync(new Uri($"{blobs.Server.BlobEndpoint}/public?restype=container&comp=list"), Token);
        using var closed = await client.GetAsync(new Uri($"{blobs.Server.BlobEndpoint}/direct/b"), Token);
        Assert.False(list.IsSuccessStatusCode || closed.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Container_Deleted_IsToldByEveryOperation()
    {
        using var container = AzuriteContainer.Of(blobs.Server, "lost");
        await container.DeleteAsync(Token);

        Assert.StartsWith("error uploading az blob: ", await blobs.App.FailAsync(Lost, "create", "1"), StringComparison.Ordinal);
        Assert.StartsWith("error downloading az blob: ", await blobs.App.FailAsync(Lost, "get", null, ("blobName", "b")), StringComparison.Ordinal);
        Assert.Contains("ContainerNotFound", await blobs.App.FailAsync(Lost, "delete", null, ("blobName", "b")), StringComparison.Ordinal);
        Assert.Equal("error listing blobs: there is no container lost", await blobs.App.FailAsync(Lost, "list"));
        Assert.Equal("error listing blobs: there is no container lost", await blobs.App.FailAsync(Lost, "bulkDelete", "{\"prefix\":\"b\"}"));
    }

    [Fact]
    public async Task Bulk_CreateGetDelete_TellEachBlob()
    {
        var create = await blobs.App.CallAsync(
            Direct, "bulkCreate", "{\"items\":[{\"blobName\":\"bulk/1\",\"data\":\"a\",\"contentType\":\"text/x\"},{\"blobName\":\"bulk/2\",\"data\":\"b\"},{\"blobName\":\"bulk/../3\",\"data\":\"c\"}]}");
        var get = await blobs.App.CallAsync(Direct, "bulkGet", "{\"items\":[{\"blobName\":\"bulk/1\"},{\"blobName\":\"bulk/9\"}],\"concurrency\":1}");
        var delete = await blobs.App.CallAsync(Direct, "bulkDelete", "{\"prefix\":\"bulk/\",\"blobNames\":[\"bulk/2\",\"bulk/9\"]}");

        Assert.Equal("3", create.Metadata["number"]);
        var created = JsonNode.Parse(create.Text)!.AsArray();
        Assert.Equal($"{blobs.Server.BlobEndpoint}/direct/bulk/1", (string?)created[0]!["blobURL"]);
        Assert.StartsWith("error uploading blob: ", (string)created[2]!["error"]!, StringComparison.Ordinal);
        Assert.Equal("[{\"blobName\":\"bulk/1\",\"data\":\"YQ==\"},{\"blobName\":\"bulk/9\",\"error\":\"blob not found\"}]", get.Text);
        Assert.Equal("[{\"blobName\":\"bulk/2\"},{\"blobName\":\"bulk/9\",\"error\":\"blob not found\"},{\"blobName\":\"bulk/1\"}]", delete.Text);
        Assert.Equal("[]", (await blobs.App.CallAsync(Direct, "list", "{\"prefix\":\"bulk/\"}")).Text);
    }

    [Fact]
    public async Task Files_BelowTheRoot_AreCopiedBothWays()
    {
        blobs.Files.Write("in.txt", "AP8=");
        var create = await blobs.App.CallAsync(Decoding, "bulkCreate", "{\"items\":[{\"blobName\":\"files/x\",\"sourcePath\":\"in.txt\"}]}");
        var one = await blobs.App.CallAsync(Decoding, "get", null, ("blobName", "files/x"), ("filePath", "out/one"));
        var all = await blobs.App.CallAsync(Decoding, "bulkGet", "{\"prefix\":\"files/\",\"destinationDir\":\"all\"}");

        Assert.Null(JsonNode.Parse(create.Text)![0]!["error"]);
        Assert.Equal(("", "out/one"), (one.Text, one.Metadata["filePath"]));
        Assert.Equal([0, 255], await File.ReadAllBytesAsync(blobs.Files.At("out", "one"), Token));
        Assert.Equal("[{\"blobName\":\"files/x\",\"filePath\":\"all/files/x\"}]", all.Text);
        Assert.Equal([0, 255], await File.ReadAllBytesAsync(blobs.Files.At("all", "files", "x"), Token));
    }

    [Theory]
    [InlineData(Direct, "any", "local files are not allowed: the component's metadata item 'filesRoot' names no directory for them")]
    [InlineData(Decoding, "../out", "the path '../out' leads out of the directory of filesRoot")]
    [InlineData(Decoding, "/etc/passwd", "the path '/etc/passwd' leads out of the directory of filesRoot")]
    [InlineData(Decoding, "a\\u0000", "the path 'a\\u0000' leads out of the directory of filesRoot")]
    [InlineData(Decoding, "link/x", "the path 'link/x' leads through a link")]
    public async Task Files_Elsewhere_AreRefused(string binding, string path, string fault)
    {
        if (!Directory.Exists(blobs.Files.At("link")))
        {
            Directory.CreateSymbolicLink(blobs.Files.At("link"), "/tmp");
        }

        fault = fault.Replace("\\u0000", "\0", StringComparison.Ordinal);
        Assert.Equal(fault, await blobs.App.FailAsync(binding, "get", null, ("blobName", "any"), ("filePath", path.Replace("\\u0000", "\0", StringComparison.Ordinal))));
        var create = await blobs.App.CallAsync(binding, "bulkCreate", $"{{\"items\":[{{\"blobName\":\"any\",\"sourcePath\":\"{path}\"}}]}}");
        Assert.Equal($"error uploading blob: {fault}", (string?)JsonNode.Parse(create.Text)![0]!["error"]);
    }

    [Fact]
    public async Task Presign_Blob_OpensItUntilTheEnd()
    {
        await blobs.App.CallAsync(Direct, "create", "\"x\"", ("blobName", "open ü"));
        var url = (string)JsonNode.Parse((await blobs.App.CallAsync(Direct, "presign", null, ("blobName", "open ü"), ("signTTL", "15m"))).Text)!["presignURL"]!;

        using var client = Anyone();
        Assert.Equal("x", await client.GetStringAsync(new Uri(url), Token));
        using var forged = await client.GetAsync(new Uri(url.Replace("sp=r", "sp=rw", StringComparison.Ordinal)), Token);
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.DoesNotContain("sig=", blobs.App.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_Unusable_IsToldInDaprsWords()
    {
        foreach (var operation in new[] { "get", "delete", "presign" })
        {
            Assert.Equal("blobName is a required attribute", await blobs.App.FailAsync(Direct, operation));
        }

        Assert.Equal("signTTL is a required attribute for presign operations", await blobs.App.FailAsync(Direct, "presign", null, ("blobName", "a")));
        Assert.Equal("error generating SAS URL: cannot parse signTTL duration \"15\"", await blobs.App.FailAsync(Direct, "presign", null, ("blobName", "a"), ("signTTL", "15")));
        Assert.Equal("error generating SAS URL: signTTL must be a positive duration, got \"-1m\"", await blobs.App.FailAsync(Direct, "presign", null, ("blobName", "a"), ("signTTL", "-1m")));
        Assert.StartsWith("error generating SAS URL: failed to generate SAS URL", await blobs.App.FailAsync(WithoutKey, "presign", null, ("blobName", "a"), ("signTTL", "1m")), StringComparison.Ordinal);
        Assert.Equal("invalid delete snapshot option type: all; allowed: [include only]", await blobs.App.FailAsync(Direct, "delete", null, ("blobName", "a"), ("deleteSnapshots", "all")));
        Assert.Equal("items array must not be empty", await blobs.App.FailAsync(Direct, "bulkCreate"));
        Assert.Equal("item at index 0 is missing both data and sourcePath", await blobs.App.FailAsync(Direct, "bulkCreate", "{\"items\":[{\"blobName\":\"a\"}]}"));
        Assert.Equal("at least one of items or prefix is required", await blobs.App.FailAsync(Direct, "bulkGet"));
        Assert.Equal("destinationDir is required when using prefix", await blobs.App.FailAsync(Direct, "bulkGet", "{\"prefix\":\"a\"}"));
        Assert.Equal("at least one of prefix or blobNames is required", await blobs.App.FailAsync(Direct, "bulkDelete"));
        Assert.Equal("concurrency must be greater than 0", await blobs.App.FailAsync(Direct, "bulkDelete", "{\"blobNames\":[\"a\"],\"concurrency\":0}"));
        Assert.EndsWith("supported operations:create get delete list bulkGet bulkCreate bulkDelete presign", await blobs.App.FailAsync(Direct, "copy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_LostThenBack_IsToldAndUsedAgain()
    {
        await blobs.App.CallAsync(Proxied, "create", "1", ("blobName", "warm"));
        blobs.Proxy.IsRefusing = true;
        blobs.Proxy.CutAll();
        var lost = await blobs.App.FailAsync(Proxied, "get", null, ("blobName", "warm"));
        blobs.Proxy.IsRefusing = false;

        Assert.Contains("Blob Storage get blob", lost, StringComparison.Ordinal);
        Assert.Equal("1", (await blobs.App.CallAsync(Proxied, "get", null, ("blobName", "warm"))).Text);
    }

    [Fact]
    public async Task Start_WrongKeyOrNobodyThere_IsRefused()
    {
        const string wrongKey = "d3JvbmctczNjcmV0";
        var wrong = await StoreBindingApp.RefuseAsync(
            "bindings.azure.blobstorage", ("accountName", AzuriteSettings.DefaultAccount), ("accountKey", wrongKey), ("endpoint", blobs.Server.BlobEndpoint), ("containerName", "con"));
        var nobody = await StoreBindingApp.RefuseAsync(
            "bindings.azure.blobstorage", ("accountName", "a"), ("accountKey", wrongKey), ("endpoint", "http://127.0.0.1:1"), ("containerName", "con"), ("retryCount", "-1"));

        Assert.Contains("failed to create container con: ", wrong, StringComparison.Ordinal);
        Assert.Contains("403 AuthorizationFailure", wrong, StringComparison.Ordinal);
        Assert.Contains("Connection refused", nobody, StringComparison.Ordinal);
        Assert.DoesNotContain(wrongKey, wrong + nobody, StringComparison.Ordinal);
    }
}
