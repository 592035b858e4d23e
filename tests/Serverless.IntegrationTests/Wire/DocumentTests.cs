using System.Text.Json.Nodes;
using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire;

/// <summary>What needs more than one fixed answer: the metadata document, expiry, races. One subclass for each target.</summary>
public abstract class DocumentTests(int port, string storeType)
{
    /// <summary>False for stores that do not tell when an entry expires.</summary>
    private protected virtual bool ReportsExpiry => true;

    private protected virtual string Version => "v1";

    private static readonly TimeSpan ExpiryLimit = TimeSpan.FromSeconds(6);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metadata_Document_NamesAppVersionAndStore()
    {
        var document = await MetadataAsync();

        Assert.Equal("app", (string?)document["id"]);
        Assert.NotEmpty((string?)document["runtimeVersion"] ?? "");
        Assert.Equal((string?)document["runtimeVersion"], (string?)document["extended"]!["daprRuntimeVersion"]);
        var store = Assert.Single(document["components"]!.AsArray(), component => (string?)component!["name"] == IWireTarget.StoreName)!;
        Assert.Equal(storeType, (string?)store["type"]);
        Assert.Equal(Version, (string?)store["version"]);
        var capabilities = store["capabilities"]!.AsArray().Select(capability => (string)capability!).ToList();
        Assert.Superset(new HashSet<string> { "ETAG", "TRANSACTIONAL", "TTL", "ACTOR" }, capabilities.ToHashSet());
        Assert.Equal("ACTOR", capabilities[^1]);
    }

    [Fact]
    public async Task Metadata_EmptyMembers_AreLeftOut()
    {
        var document = await MetadataAsync();

        // Go's encoder leaves out empty lists and maps, but sends empty structures.
        string[] structures = ["appConnectionProperties", "workflows"];
        Assert.All(structures, name => Assert.IsType<JsonObject>(document[name]));
        Assert.DoesNotContain(document, member => member.Value is null or JsonArray { Count: 0 } || (member.Value is JsonObject { Count: 0 } && !structures.Contains(member.Key)));
        Assert.False(document.ContainsKey("httpEndpoints"));
        Assert.False(document.ContainsKey("subscriptions"));
    }

    [Theory]
    [InlineData("plain", "plain", "hello")]
    [InlineData("quoted", "quoted", "\"q\"")]
    [InlineData("empty", "empty", "")]
    [InlineData("json", "json", "{\"a\":1}")]
    [InlineData("with%20space%2Fslash", "with space/slash", "x")]
    [InlineData("%C3%BC", "ü", "ü")]
    public async Task Metadata_Put_ShowsUnderExtendedAsItWasSent(string inUrl, string key, string value)
    {
        await WireCheck.SendAllAsync(port, Put($"/v1.0/metadata/{inUrl}", "before", Empty()), Put($"/v1.0/metadata/{inUrl}", value, Empty()));

        Assert.Equal(value, (string?)(await MetadataAsync())["extended"]![key]);
    }

    [Fact]
    public async Task Ttl_OfOneSecond_Expires()
    {
        var names = new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = $"k{Guid.NewGuid():n}" };
        var item = """[{"key":"{k}","value":1,"metadata":{"ttlInSeconds":"1"}}]""";
        await WireCheck.SendAsync(port, SaveItems(item, Empty()), names);
        var expiry = (await WireCheck.SendAsync(port, Read(Bytes("1")), names)).Header("metadata.ttlExpireTime");
        Assert.Matches(ReportsExpiry ? @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$" : "^$", expiry ?? "");

        var expired = await Eventually.TrueAsync(
            async () => (await RawClient.SendAsync(port, Read(Empty()).ToRequest(names), Token)).Status == 204, ExpiryLimit, Token);

        Assert.True(expired, "the key should be gone");
        await WireCheck.SendAsync(port, Bulk("""{"keys":["{k}"]}""", Equal("""[{"key":"{k}"}]""")), names);
        await WireCheck.SendAsync(port, SaveItems("""[{"key":"{k}","value":2,"options":{"concurrency":"first-write"}}]""", Empty()), names);
    }

    [Fact]
    public async Task Bulk_OfKeyWithTtl_CarriesTheExpiryOfGet()
    {
        var names = new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = $"k{Guid.NewGuid():n}" };
        await WireCheck.SendAsync(port, SaveItems("""[{"key":"{k}","value":1,"metadata":{"ttlInSeconds":"60"}}]""", Empty()), names);
        var expiry = (await WireCheck.SendAsync(port, Read(Bytes("1")), names)).Header("metadata.ttlExpireTime");

        var bulk = await WireCheck.SendAsync(port, Bulk("""{"keys":["{k}"]}""", new WireAnswer(200)), names);

        var metadata = JsonNode.Parse(bulk.Text)![0]!["metadata"];
        Assert.Equal(ReportsExpiry, metadata is not null);
        Assert.Equal(expiry, (string?)metadata?["ttlExpireTime"]);
    }

    [Fact]
    public async Task Etag_OfManyWritersWithOneEtag_ExactlyOneSucceeds()
    {
        var names = new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = $"k{Guid.NewGuid():n}" };
        await WireCheck.SendAsync(port, Save("0"), names);
        await WireCheck.SendAsync(port, Read(Bytes("0").Keeping("e")), names);
        var request = SaveItems("""[{"key":"{k}","value":1,"etag":"{e:json}"}]""", Empty()).ToRequest(names);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => RawClient.SendAsync(port, request, Token)));

        Assert.Single(answers, answer => answer.Status == 204);
        Assert.Equal(31, answers.Count(answer => answer.Status == 409));
    }

    [Fact]
    public async Task Transaction_OfManyWriters_IsAllOrNothing()
    {
        var names = new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = $"k{Guid.NewGuid():n}" };
        var writes = Enumerable.Range(1, 24).Select(number => Transaction(
            """
            {"operations":[{"operation":"upsert","request":{"key":"{k}a","value":{number}}},
                           {"operation":"upsert","request":{"key":"{k}b","value":{number}}}]}
            """.Replace("{number}", $"{number}", StringComparison.Ordinal), Empty()).ToRequest(names));
        var answers = await Task.WhenAll(writes.Select(write => RawClient.SendAsync(port, write, Token)));
        Assert.All(answers, answer => Assert.Equal(204, answer.Status));

        var first = await WireCheck.SendAsync(port, Get("/v1.0/state/{store}/{k}a", new WireAnswer(200)), names);
        var second = await WireCheck.SendAsync(port, Get("/v1.0/state/{store}/{k}b", new WireAnswer(200)), names);

        Assert.Equal(first.Text, second.Text);
    }

    private async Task<JsonObject> MetadataAsync()
    {
        var response = await WireCheck.SendAsync(port, Get("/v1.0/metadata", new WireAnswer(200) { ContentType = Json }));
        return JsonNode.Parse(response.Text)!.AsObject();
    }
}
