using Azure.Core;
using Serverless.Backends.Azurite;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureStorage;

/// <summary>Signatures that Azurite was seen to accept.</summary>
public sealed class SharedKeyTests
{
    private const string Account = AzuriteSettings.DefaultAccount;

    [Theory]
    [InlineData("/devstoreaccount1/Tables", "WGRvxByQwCznl06S7kopf5idKFGZq/VPEGgmLkRFYmo=")]
    [InlineData("/devstoreaccount1/Tab(PartitionKey='a%20b',RowKey='it%27%27s')", "JbKGC9l7AslOx0A8Vpg6kFMv6P2VwNm+6vhAy1wynxY=")]
    [InlineData("/devstoreaccount1/Tables?$filter=TableName%20eq%20'x'", "WGRvxByQwCznl06S7kopf5idKFGZq/VPEGgmLkRFYmo=")]
    public async Task SharedKeyLite_TableRequest_HasTheKnownSignature(string target, string signature)
    {
        var request = Assert.Single(await SendAsync(StorageService.Table, RequestMethod.Get, target));

        Assert.Equal($"SharedKeyLite {Account}:{signature}", request.Headers["Authorization"]);
        Assert.Equal("Fri, 02 Jan 2026 03:04:05 GMT", request.Headers["x-ms-date"]);
        Assert.Equal(target, request.Target);
    }

    [Fact]
    public async Task SharedKey_PutMessage_HasTheKnownSignature()
    {
        var request = Assert.Single(await SendAsync(StorageService.Queue, RequestMethod.Post, "/devstoreaccount1/que/messages?visibilitytimeout=0&messagettl=60", sent =>
        {
            sent.Headers.SetValue("x-ms-version", "2021-12-02");
            sent.Headers.SetValue("Content-Type", "application/xml");
            sent.Content = RequestContent.Create(BinaryData.FromString("<QueueMessage><MessageText>eyJhIjoxfQ==</MessageText></QueueMessage>"));
        }));

        Assert.Equal($"SharedKey {Account}:KWs+z0lXZC1uAuHdNI7m8Xi0Ku8JTht9f2VrkhY2+vg=", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task SharedKey_GetMessage_HasTheKnownSignature()
    {
        var request = Assert.Single(await SendAsync(
            StorageService.Queue, RequestMethod.Get, "/devstoreaccount1/que/messages?numofmessages=1", sent => sent.Headers.SetValue("x-ms-version", "2021-12-02")));

        Assert.Equal($"SharedKey {Account}:hRcip4dRO+gv4GL2Ld3YIPMhScygIb9Qt+VqFsC4Bj8=", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task SharedKey_PutBlob_HasTheKnownSignature()
    {
        var request = Assert.Single(await SendAsync(StorageService.Blob, RequestMethod.Put, "/devstoreaccount1/con/a%20b.txt", sent =>
        {
            sent.Headers.SetValue("x-ms-version", "2021-12-02");
            sent.Headers.SetValue("x-ms-blob-type", "BlockBlob");
            sent.Headers.SetValue("If-None-Match", "*");
            sent.Headers.SetValue("Content-Type", "text/plain");
            sent.Content = RequestContent.Create(BinaryData.FromString("hello"));
        }));

        Assert.Equal($"SharedKey {Account}:UmgN4zDgBdr5ItW2PuVV89FjnlS302/QGBObgi0pLTE=", request.Headers["Authorization"]);
    }

    [Theory]
    [InlineData(StorageService.Table)]
    [InlineData(StorageService.Queue)]
    public async Task Sign_EachAttempt_HasItsOwnTime(object service)
    {
        var time = new SteppingTime();
        var policy = StorageCredential.SharedKey(Account, AzuriteSettings.DefaultKey).CreatePolicy((StorageService)service, time);

        var requests = await SentRequest.SendAsync(policy, RequestMethod.Get, "/devstoreaccount1/x", null, ScriptedService.Answer(500), ScriptedService.Answer(200));

        Assert.Equal(["Fri, 02 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:05:05 GMT"], requests.Select(request => request.Headers["x-ms-date"]));
        Assert.Equal(2, requests.Select(request => request.Headers["Authorization"]).Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no base64!")]
    [InlineData("abc")]
    public void SharedKey_NoKey_IsRefusedWithoutQuotingIt(string key)
    {
        var fault = Assert.Throws<FormatException>(() => StorageCredential.SharedKey(Account, key));

        Assert.Equal("the account key is not base64", fault.Message);
    }

    [Fact]
    public async Task Sas_EachAttempt_StandsOnceBehindTheRequestsOwnQuery()
    {
        const string sas = "sv=2021-12-02&sig=a%2Bb%2F%3D";
        var policy = StorageCredential.Sas("?" + sas).CreatePolicy(StorageService.Queue, TimeProvider.System);

        var requests = await SentRequest.SendAsync(policy, RequestMethod.Get, "/acct/que?comp=metadata", null, ScriptedService.Answer(500), ScriptedService.Answer(200));
        var bare = await SentRequest.SendAsync(policy, RequestMethod.Get, "/acct/que");

        Assert.Equal([$"/acct/que?comp=metadata&{sas}", $"/acct/que?comp=metadata&{sas}"], requests.Select(request => request.Target));
        Assert.Equal($"/acct/que?{sas}", Assert.Single(bare).Target);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?sv=2021-12-02")]
    [InlineData("?sv=1&sig=line\nbreak")]
    [InlineData("?sv=1&sig=a b")]
    [InlineData("?sv=1&sig=ä")]
    public void Sas_NoSignature_IsRefusedWithoutQuotingIt(string query) =>
        Assert.Equal("the shared access signature is no query with a parameter 'sig'", Assert.Throws<FormatException>(() => StorageCredential.Sas(query)).Message);

    [Fact]
    public void ToString_Account_TellsNoSecret()
    {
        var account = StorageConnectionString.Parse($"AccountName=acct;AccountKey={AzuriteSettings.DefaultKey}").AccountOf(StorageService.Queue);

        Assert.DoesNotContain(AzuriteSettings.DefaultKey[..10], account.ToString(), StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<ScriptedRequest>> SendAsync(StorageService service, RequestMethod method, string target, Action<Request>? prepare = null) =>
        SentRequest.SendAsync(StorageCredential.SharedKey(Account, AzuriteSettings.DefaultKey).CreatePolicy(service, new SteppingTime()), method, target, prepare);

    /// <summary>Begins at the time of the test vectors and goes on by a minute each time it is asked.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private int _minutes;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMinutes(_minutes++);
    }
}
