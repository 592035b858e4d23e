using Azure.Core;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

public sealed class BlobRequestsTests : IDisposable
{
    private static readonly Guid Lease = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid Other = new("99999999-2222-3333-4444-555555555555");
    private readonly AzureRestClient _rest = new(new AzureRestOptions { Service = "Blob Storage" });
    private readonly BlobRequests _requests;

    public BlobRequestsTests() => _requests = new BlobRequests(_rest, new Uri("http://h:1/acct/con"));

    public void Dispose() => _rest.Dispose();

    [Fact]
    public void Container_Requests_NameItsResourceType()
    {
        Check(_requests.CreateContainer(BlobAccess.None), "PUT http://h:1/acct/con?restype=container", RepeatRule.Freely);
        Check(_requests.CreateContainer(BlobAccess.Blob), "PUT http://h:1/acct/con?restype=container", RepeatRule.Freely, "x-ms-blob-public-access: blob");
        Check(_requests.CreateContainer(BlobAccess.Container), "PUT http://h:1/acct/con?restype=container", RepeatRule.Freely, "x-ms-blob-public-access: container");
        Check(_requests.DeleteContainer(), "DELETE http://h:1/acct/con?restype=container", RepeatRule.IfNotExecuted);
        Check(_requests.HeadContainer(), "HEAD http://h:1/acct/con?restype=container", RepeatRule.Freely);
    }

    [Fact]
    public void Put_Everything_HasAHeaderEach()
    {
        var upload = new BlobUpload("hello"u8.ToArray())
        {
            Headers = new BlobHeaders
            {
                ContentType = "text/plain",
                ContentMd5 = "XUFAKrxLKna5cZ2REBfFkg==",
                ContentEncoding = "identity",
                ContentLanguage = "de",
                ContentDisposition = "inline",
                CacheControl = "no-cache",
            },
            Metadata = new Dictionary<string, string> { ["A_b1"] = " x y ", ["empty"] = "" },
            Condition = new BlobCondition("\"1\"", "\"2\"", "id"),
        };

        var message = _requests.Put("a b/c", upload);

        Assert.True(message.Request.Content!.TryComputeLength(out var length));
        Assert.Equal(5, length);
        Check(
            message,
            "PUT http://h:1/acct/con/a%20b/c",
            RepeatRule.IfNotExecuted,
            "If-Match: \"1\"",
            "If-None-Match: \"2\"",
            "x-ms-blob-cache-control: no-cache",
            "x-ms-blob-content-disposition: inline",
            "x-ms-blob-content-encoding: identity",
            "x-ms-blob-content-language: de",
            "x-ms-blob-content-md5: XUFAKrxLKna5cZ2REBfFkg==",
            "x-ms-blob-content-type: text/plain",
            "x-ms-blob-type: BlockBlob",
            "x-ms-lease-id: id",
            "x-ms-meta-A_b1: x y",
            "x-ms-meta-empty: ");
    }

    [Fact]
    public void Put_Plain_HasNothingMore() =>
        Check(_requests.Put("k", new BlobUpload(default)), "PUT http://h:1/acct/con/k", RepeatRule.IfNotExecuted, "x-ms-blob-type: BlockBlob");

    [Fact]
    public void Read_Requests_MayBeRepeated()
    {
        Check(_requests.Get("k", BlobCondition.None, null), "GET http://h:1/acct/con/k", RepeatRule.Freely);
        Check(_requests.Get("k", BlobCondition.Absent, new BlobRange(5, 3)), "GET http://h:1/acct/con/k", RepeatRule.Freely, "If-None-Match: *", "x-ms-range: bytes=5-7");
        Check(_requests.Get("k", BlobCondition.None, new BlobRange(5)), "GET http://h:1/acct/con/k", RepeatRule.Freely, "x-ms-range: bytes=5-");
        Check(_requests.Head("k", BlobCondition.Matches("\"1\"")), "HEAD http://h:1/acct/con/k", RepeatRule.Freely, "If-Match: \"1\"");
    }

    [Fact]
    public void Change_Requests_AreNotRepeatedBlindly()
    {
        var metadata = new Dictionary<string, string> { ["a"] = "1" };
        Check(_requests.SetMetadata("k", metadata, BlobCondition.None), "PUT http://h:1/acct/con/k?comp=metadata", RepeatRule.IfNotExecuted, "x-ms-meta-a: 1");
        Check(_requests.Delete("k", BlobCondition.None, BlobSnapshots.Keep), "DELETE http://h:1/acct/con/k", RepeatRule.IfNotExecuted);
        Check(_requests.Delete("k", BlobCondition.None, BlobSnapshots.Include), "DELETE http://h:1/acct/con/k", RepeatRule.IfNotExecuted, "x-ms-delete-snapshots: include");
        Check(_requests.Delete("k", BlobCondition.None, BlobSnapshots.Only), "DELETE http://h:1/acct/con/k", RepeatRule.IfNotExecuted, "x-ms-delete-snapshots: only");
    }

    [Fact]
    public void List_Query_IsEncoded()
    {
        Check(_requests.List(new BlobQuery()), "GET http://h:1/acct/con?restype=container&comp=list", RepeatRule.Freely);
        Check(
            _requests.List(new BlobQuery { Prefix = "a&b/", Delimiter = "/", Marker = "m=1", PageSize = 7, IncludesMetadata = true }),
            "GET http://h:1/acct/con?restype=container&comp=list&prefix=a%26b%2F&delimiter=%2F&marker=m%3D1&maxresults=7&include=metadata",
            RepeatRule.Freely);
    }

    [Fact]
    public void Lease_Requests_NameTheirAction()
    {
        const string target = "PUT http://h:1/acct/con/k?comp=lease";
        Check(
            _requests.AcquireLease("k", Lease, TimeSpan.FromSeconds(15)),
            target,
            RepeatRule.Freely,
            "x-ms-lease-action: acquire",
            "x-ms-lease-duration: 15",
            $"x-ms-proposed-lease-id: {Lease}");
        Check(_requests.AcquireLease("k", Lease, null), target, RepeatRule.Freely, "x-ms-lease-action: acquire", "x-ms-lease-duration: -1", $"x-ms-proposed-lease-id: {Lease}");
        Check(_requests.RenewLease("k", Lease), target, RepeatRule.Freely, "x-ms-lease-action: renew", $"x-ms-lease-id: {Lease}");
        Check(_requests.ReleaseLease("k", Lease), target, RepeatRule.IfNotExecuted, "x-ms-lease-action: release", $"x-ms-lease-id: {Lease}");
        Check(
            _requests.ChangeLease("k", Lease, Other),
            target,
            RepeatRule.IfNotExecuted,
            "x-ms-lease-action: change",
            $"x-ms-lease-id: {Lease}",
            $"x-ms-proposed-lease-id: {Other}");
        Check(_requests.BreakLease("k", TimeSpan.FromSeconds(3)), target, RepeatRule.IfNotExecuted, "x-ms-lease-action: break", "x-ms-lease-break-period: 3");
        Check(_requests.BreakLease("k", null), target, RepeatRule.IfNotExecuted, "x-ms-lease-action: break");
    }

    [Theory]
    [InlineData(14)]
    [InlineData(61)]
    [InlineData(15.5)]
    [InlineData(-1)]
    public void Lease_Duration_IsChecked(double seconds) =>
        Assert.Throws<BlobRequestException>(() => _requests.AcquireLease("k", Lease, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Limits_BeyondThem_AreRefused()
    {
        Assert.Throws<BlobRequestException>(() => _requests.BreakLease("k", TimeSpan.FromSeconds(61)));
        Assert.Throws<BlobRequestException>(() => _requests.List(new BlobQuery { PageSize = 0 }));
        Assert.Throws<BlobRequestException>(() => _requests.List(new BlobQuery { PageSize = 5001 }));
        Assert.Throws<BlobRequestException>(() => _requests.Get(new string('k', 1025), BlobCondition.None, null));
    }

    [Theory]
    [InlineData("", "v")]
    [InlineData("1a", "v")]
    [InlineData("a-b", "v")]
    [InlineData("ä", "v")]
    [InlineData("a", "ä")]
    [InlineData("a", "x\r\nx-ms-blob-type: y")]
    [InlineData("a", "\0")]
    public void Metadata_ThatAHeaderCannotHold_IsRefused(string name, string value) =>
        Assert.Throws<BlobRequestException>(() => _requests.SetMetadata("k", new Dictionary<string, string> { [name] = value }, BlobCondition.None));

    [Fact]
    public void Metadata_Size_HasItsLimit()
    {
        _requests.SetMetadata("k", new Dictionary<string, string> { ["a"] = new('x', 8191) }, BlobCondition.None).Dispose();
        var fault = Assert.Throws<BlobRequestException>(() => _requests.SetMetadata("k", new Dictionary<string, string> { ["a"] = new('x', 8192) }, BlobCondition.None));

        Assert.Contains("8193", fault.Message, StringComparison.Ordinal);
    }

    private static void Check(HttpMessage message, string target, RepeatRule repeat, params string[] headers)
    {
        using (message)
        {
            Assert.Equal(target, $"{message.Request.Method} {message.Request.Uri.ToUri().AbsoluteUri}");
            Assert.Same(repeat, RepeatRule.Of(message));
            Assert.Equal([.. headers, "x-ms-version: 2021-12-02"], message.Request.Headers.Select(header => $"{header.Name}: {header.Value}").Order(StringComparer.Ordinal));
        }
    }
}
