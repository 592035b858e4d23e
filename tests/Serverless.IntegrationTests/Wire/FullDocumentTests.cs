using System.Text.Json.Nodes;
using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire;

/// <summary>The same for stores with transactions and expiry.</summary>
public abstract class FullDocumentTests(int port, string storeType) : DocumentTests(port, storeType)
{
    private static readonly TimeSpan ExpiryLimit = TimeSpan.FromSeconds(6);
    private readonly int _port = port;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>False for stores that do not tell when an entry expires.</summary>
    private protected virtual bool ReportsExpiry => true;

    private protected override IReadOnlyList<string> Features => ["ETAG", "TRANSACTIONAL", "TTL", "ACTOR"];

    [Fact]
    public async Task Ttl_OfOneSecond_Expires()
    {
        var names = new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = $"k{Guid.NewGuid():n}" };
        var item = """[{"key":"{k}","value":1,"metadata":{"ttlInSeconds":"1"}}]""";
        await WireCheck.SendAsync(_port, SaveItems(item, Empty()), names);
        var expiry = (await WireCheck.SendAsync(_port, Read(Bytes("1")), names)).Header("metadata.ttlExpireTime");
        Assert.Matches(ReportsExpiry ? @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$" : "^$", expiry ?? "");

        var expired = await Eventually.TrueAsync(
            async () => (await RawClient.SendAsync(_port, Read(Empty()).ToRequest(names), Token)).Status == 204, ExpiryLimit, Token);

        Assert.True(expired, "the key should be gone");
        await WireCheck.SendAsync(_port, Bulk("""{"keys":["{k}"]}""", Equal("""[{"key":"{k}"}]""")), names);
        await WireCheck.SendAsync(_port, SaveItems("""[{"key":"{k}","value":2,"options":{"concurrency":"first-write"}}]""", Empty()), names);
    }

    [Fact]
    public async Task Bulk_OfKeyWithTtl_CarriesTheExpiryOfGet()
    {
        var names = new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = $"k{Guid.NewGuid():n}" };
        await WireCheck.SendAsync(_port, SaveItems("""[{"key":"{k}","value":1,"metadata":{"ttlInSeconds":"60"}}]""", Empty()), names);
        var expiry = (await WireCheck.SendAsync(_port, Read(Bytes("1")), names)).Header("metadata.ttlExpireTime");

        var bulk = await WireCheck.SendAsync(_port, Bulk("""{"keys":["{k}"]}""", new WireAnswer(200)), names);

        var metadata = JsonNode.Parse(bulk.Text)![0]!["metadata"];
        Assert.Equal(ReportsExpiry, metadata is not null);
        Assert.Equal(expiry, (string?)metadata?["ttlExpireTime"]);
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
        var answers = await Task.WhenAll(writes.Select(write => RawClient.SendAsync(_port, write, Token)));
        Assert.All(answers, answer => Assert.Equal(204, answer.Status));

        var first = await WireCheck.SendAsync(_port, Get("/v1.0/state/{store}/{k}a", new WireAnswer(200)), names);
        var second = await WireCheck.SendAsync(_port, Get("/v1.0/state/{store}/{k}b", new WireAnswer(200)), names);

        Assert.Equal(first.Text, second.Text);
    }
}
