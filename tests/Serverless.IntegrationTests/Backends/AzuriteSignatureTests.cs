using System.Net;

namespace Serverless.IntegrationTests.Backends;

/// <summary>The signatures come from elsewhere, each for exactly the request it is sent with: the server really checks them.</summary>
public sealed class AzuriteSignatureTests(AzuriteFixture fixture) : IClassFixture<AzuriteFixture>, IDisposable
{
    private const string Date = "Fri, 02 Jan 2026 03:04:05 GMT";
    private static readonly Dictionary<string, string> None = [];
    private readonly AzuriteRequests _requests = new();

    public void Dispose() => _requests.Dispose();

    [Fact]
    public async Task Table_SignedRequests_AreTaken()
    {
        var endpoint = fixture.Server.TableEndpoint;
        await _requests.CreateTableAsync(fixture.Server);
        var insert = await _requests.SendAsync(
            HttpMethod.Post,
            $"{endpoint}/Tab",
            ("application/json", """{"PartitionKey":"a b","RowKey":"it's","n":1}"""),
            Signed("SharedKey", "NKWziwyYlUbGFT8MU4uSOlLEOrj2NaFGra4ZRgXPbkg="));
        Assert.True(insert.Status == HttpStatusCode.Created, insert.Text);
        var tables = await _requests.GetAsync($"{endpoint}/Tables", Signed("SharedKeyLite", "WGRvxByQwCznl06S7kopf5idKFGZq/VPEGgmLkRFYmo="));
        Assert.Contains("\"Tab\"", tables.Text, StringComparison.Ordinal);
        var entity = await _requests.GetAsync(
            $"{endpoint}/Tab(PartitionKey='a%20b',RowKey='it%27%27s')",
            Signed("SharedKeyLite", "JbKGC9l7AslOx0A8Vpg6kFMv6P2VwNm+6vhAy1wynxY="));
        Assert.True(entity.Status == HttpStatusCode.OK, entity.Text);
        var other = await _requests.GetAsync($"{endpoint}/Tables", Signed("SharedKeyLite", "JbKGC9l7AslOx0A8Vpg6kFMv6P2VwNm+6vhAy1wynxY="));
        Assert.Equal(HttpStatusCode.Forbidden, other.Status);
    }

    [Fact]
    public async Task Queue_SignedRequests_AreTaken()
    {
        var endpoint = fixture.Server.QueueEndpoint;
        var creation = await _requests.SendAsync(HttpMethod.Put, $"{endpoint}/que?{AzuriteRequests.AccountSas}", null, None);
        Assert.True(creation.Status == HttpStatusCode.Created, creation.Text);
        const string message = "<QueueMessage><MessageText>eyJhIjoxfQ==</MessageText></QueueMessage>";
        var put = await _requests.SendAsync(
            HttpMethod.Post,
            $"{endpoint}/que/messages?visibilitytimeout=0&messagettl=60",
            ("application/xml", message),
            Signed("SharedKey", "KWs+z0lXZC1uAuHdNI7m8Xi0Ku8JTht9f2VrkhY2+vg="));
        Assert.True(put.Status == HttpStatusCode.Created, put.Text);
        var get = await _requests.GetAsync($"{endpoint}/que/messages?numofmessages=1", Signed("SharedKey", "hRcip4dRO+gv4GL2Ld3YIPMhScygIb9Qt+VqFsC4Bj8="));
        Assert.Contains("<MessageText>eyJhIjoxfQ==</MessageText>", get.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blob_SignedRequest_IsTakenOnce()
    {
        var endpoint = fixture.Server.BlobEndpoint;
        var creation = await _requests.SendAsync(HttpMethod.Put, $"{endpoint}/con?restype=container&{AzuriteRequests.AccountSas}", null, None);
        Assert.True(creation.Status == HttpStatusCode.Created, creation.Text);
        var headers = Signed("SharedKey", "UmgN4zDgBdr5ItW2PuVV89FjnlS302/QGBObgi0pLTE=");
        headers["If-None-Match"] = "*";
        headers["x-ms-blob-type"] = "BlockBlob";
        Task<(HttpStatusCode Status, string Text)> PutAsync() => _requests.SendAsync(HttpMethod.Put, $"{endpoint}/con/a%20b.txt", ("text/plain", "hello"), headers);
        var put = await PutAsync();
        Assert.True(put.Status == HttpStatusCode.Created, put.Text);
        Assert.Equal(HttpStatusCode.Conflict, (await PutAsync()).Status);
        var get = await _requests.GetAsync($"{endpoint}/con/a%20b.txt?{AzuriteRequests.AccountSas}", None);
        Assert.Equal("hello", get.Text);
    }

    [Fact]
    public async Task Version_Unknown_IsRefused()
    {
        var (status, text) = await _requests.GetAsync(
            $"{fixture.Server.BlobEndpoint}/?comp=list&{AzuriteRequests.AccountSas}",
            new Dictionary<string, string> { ["x-ms-version"] = "2099-01-01" });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("InvalidHeaderValue", text, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Signed(string scheme, string signature) => new()
    {
        ["x-ms-date"] = Date,
        ["Authorization"] = $"{scheme} devstoreaccount1:{signature}",
    };
}
