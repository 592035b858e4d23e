using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

public sealed class BlobNamesTests
{
    [Theory]
    [InlineData("abc", true)]
    [InlineData("a-1-b", true)]
    [InlineData("0123456789", true)]
    [InlineData("$root", true)]
    [InlineData("$web", true)]
    [InlineData("$other", false)]
    [InlineData("ab", false)]
    [InlineData("", false)]
    [InlineData("Abc", false)]
    [InlineData("-abc", false)]
    [InlineData("abc-", false)]
    [InlineData("a--b", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("äbc", false)]
    public void Container_Name_IsCheckedAsTheServiceDoes(string name, bool isGood) => Assert.Equal(isGood, BlobNames.ContainerComplaint(name) is null);

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Container_Length_HasItsLimit(int length, bool isGood) => Assert.Equal(isGood, BlobNames.ContainerComplaint(new string('a', length)) is null);

    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("app||key", "app%7C%7Ckey")]
    [InlineData("100% a+b?#&", "100%25%20a%2Bb%3F%23%26")]
    [InlineData("é🔑", "%C3%A9%F0%9F%94%91")]
    [InlineData("a.", "a.")]
    [InlineData("..a/...", "..a/...")]
    [InlineData("/a//b/", "/a//b/")]
    [InlineData("\uFFFD", "%EF%BF%BD")]
    public void Blob_Name_IsEscapedSegmentBySegment(string name, string escaped) => Assert.Equal(escaped, BlobNames.Escape(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a/.")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    public void Blob_NameThatAnAddressCannotHold_IsRefused(string name) => Assert.Throws<BlobRequestException>(() => BlobNames.Escape(name));

    [Fact]
    public void Blob_NameWithHalfACharacter_IsRefused()
    {
        Assert.NotNull(BlobNames.BlobComplaint("a" + '\ud800'));
        Assert.NotNull(BlobNames.BlobComplaint('\udc00' + "a"));
        Assert.Null(BlobNames.BlobComplaint("\ud83d\udd11"));
    }

    [Fact]
    public void Blob_Length_HasItsLimits()
    {
        Assert.Null(BlobNames.BlobComplaint(new string('x', 1024)));
        Assert.Contains("1025", BlobNames.BlobComplaint(new string('x', 1025)), StringComparison.Ordinal);
        Assert.Null(BlobNames.BlobComplaint(string.Join('/', Enumerable.Repeat("a", 254))));
        Assert.Contains("254", BlobNames.BlobComplaint(string.Join('/', Enumerable.Repeat("a", 255))), StringComparison.Ordinal);
    }
}
