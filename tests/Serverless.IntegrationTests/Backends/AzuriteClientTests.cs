using System.Text.Json.Nodes;
using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.Backends.Node;

namespace Serverless.IntegrationTests.Backends;

/// <summary>What one script writes with Microsoft's client the other reads: both work, and Azurite with them.</summary>
public sealed class AzuriteClientTests(AzuriteFixture fixture) : IClassFixture<AzuriteFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Connection => fixture.Server.ConnectionString;

    [Fact]
    public async Task Table_EntitiesOfEveryType_AreReadAsWritten()
    {
        const string entities = """
            [
              {"partitionKey":"a b","rowKey":"it's","properties":{
                "Text":{"type":"String","value":"ä€😀 \"x\""},"Number":{"type":"Int32","value":"-5"},"Long":{"type":"Int64","value":"9007199254740993"},
                "Fraction":{"type":"Double","value":"1.5"},"Flag":{"type":"Boolean","value":"true"},"Bytes":{"type":"Binary","value":"AAEC/w=="},
                "Id":{"type":"Guid","value":"c9da6455-213d-42c9-9a79-3e9149a57833"},"Moment":{"type":"DateTime","value":"2026-01-02T03:04:05.1234567Z"}}},
              {"partitionKey":"p","rowKey":"r","properties":{"Text":{"type":"String","value":""}}}
            ]
            """;
        var written = await new NodeScript("write-table.mjs", Connection, "Table1") { Input = entities }.RunAsync(Token);
        var read = await new NodeScript("read-table.mjs", Connection, "Table1").RunAsync(Token);
        Assert.Equal(
            written.EnumerateArray().Select(entity => entity.GetProperty("etag").GetString()),
            read.EnumerateArray().Select(entity => entity.GetProperty("etag").GetString()));
        Assert.All(read.EnumerateArray(), entity => Assert.StartsWith("W/\"datetime'", entity.GetProperty("etag").GetString(), StringComparison.Ordinal));
        var plain = JsonNode.Parse(read.GetRawText())!.AsArray();
        foreach (var entity in plain.Select(entity => entity!.AsObject()))
        {
            Assert.True(entity.Remove("etag") && entity.Remove("timestamp"));
        }

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(entities), plain), plain.ToJsonString());
    }

    [Fact]
    public async Task Blob_ContentAndProperties_AreReadAsWritten()
    {
        const string blob = """{"name":"folder/a b.bin","content":"AAEC/w==","contentType":"application/x-test","metadata":{"one":"1"}}""";
        var written = await new NodeScript("write-blob.mjs", Connection, "blobs") { Input = blob }.RunAsync(Token);
        var read = await new NodeScript("read-blobs.mjs", Connection, "blobs").RunAsync(Token);
        var expected = JsonNode.Parse(blob)!;
        expected["etag"] = written.GetProperty("etag").GetString();
        Assert.True(JsonNode.DeepEquals(new JsonArray(expected), JsonNode.Parse(read.GetRawText())), read.GetRawText());
    }

    [Fact]
    public async Task Queue_Message_IsSentPeekedReceivedAndDeleted()
    {
        NodeScript Script(params string[] arguments) => new("queue.mjs", [Connection, "queue", .. arguments]);
        await Script("create").RunAsync(Token);
        var sent = await Script("send", "ä <x> & \"y\"").RunAsync(Token);
        await Script("send", "later", "3600").RunAsync(Token);
        var peeked = Assert.Single((await Script("peek").RunAsync(Token)).EnumerateArray());
        Assert.Equal(0, peeked.GetProperty("dequeueCount").GetInt32());
        var received = Assert.Single((await Script("receive", "10", "3600").RunAsync(Token)).EnumerateArray());
        Assert.Equal("ä <x> & \"y\"", received.GetProperty("text").GetString());
        Assert.Equal(sent.GetProperty("id").GetString(), received.GetProperty("id").GetString());
        Assert.Equal(1, received.GetProperty("dequeueCount").GetInt32());
        var (id, receipt) = (received.GetProperty("id").GetString()!, received.GetProperty("popReceipt").GetString()!);
        var stale = await Assert.ThrowsAsync<InvalidOperationException>(() => Script("delete", id, sent.GetProperty("popReceipt").GetString()!).RunAsync(Token));
        Assert.Contains("PopReceiptMismatch", stale.Message, StringComparison.Ordinal);
        await Script("delete", id, receipt).RunAsync(Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Script("delete", id, receipt).RunAsync(Token));
        Assert.Empty((await Script("receive").RunAsync(Token)).EnumerateArray());
    }

    [Fact]
    public async Task Script_ServerWithCertificates_IsTrustedByItsAuthority()
    {
        using var certificates = new CertificateSet();
        using var folder = new TempFolder();
        await using var server = await AzuriteServer.StartAsync(new AzuriteSettings { Certificates = certificates }, Token);
        var create = new NodeScript("queue.mjs", server.ConnectionString, "queue", "create");
        var trusting = create with { Environment = new Dictionary<string, string> { ["NODE_EXTRA_CA_CERTS"] = folder.Write("ca.pem", certificates.AuthorityPem) } };
        await trusting.RunAsync(Token);
        Assert.Empty((await (trusting with { Arguments = [server.ConnectionString, "queue", "peek"] }).RunAsync(Token)).EnumerateArray());
    }

    [Fact]
    public async Task Script_Failing_SaysWhy()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => new NodeScript("read-table.mjs", Connection, "NoSuchTable").RunAsync(Token));
        Assert.StartsWith("read-table.mjs ended with 1:\n", failure.Message, StringComparison.Ordinal);
        Assert.Contains("TableNotFound", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_BeyondItsLimit_IsEnded()
    {
        var script = new NodeScript("read-table.mjs", Connection, "Table1") { Limit = TimeSpan.FromMilliseconds(1) };
        await Assert.ThrowsAsync<TimeoutException>(() => script.RunAsync(Token));
    }
}
