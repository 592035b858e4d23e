using System.Text;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

public sealed class BlobListingTests
{
    [Fact]
    public void Read_DocumentedAnswer_IsUnderstood()
    {
        var page = Read("""
            <?xml version="1.0" encoding="utf-8"?>
            <EnumerationResults ServiceEndpoint="http://acct.blob.core.windows.net/" ContainerName="con">
              <Prefix>p</Prefix><Marker>m</Marker><MaxResults>2</MaxResults><Delimiter>/</Delimiter>
              <Blobs>
                <Blob>
                  <Name>p/a&amp;b</Name>
                  <Snapshot>2026-01-01T00:00:00.0000000Z</Snapshot>
                  <Properties>
                    <Creation-Time>Fri, 02 Jan 2026 03:04:05 GMT</Creation-Time>
                    <Last-Modified>Fri, 02 Jan 2026 03:04:06 GMT</Last-Modified>
                    <Etag>0x8D1</Etag>
                    <Content-Length>12345678901</Content-Length>
                    <Content-Type>text/plain</Content-Type>
                    <Content-Encoding /><Content-Language>de</Content-Language>
                    <Content-MD5>XUFAKrxLKna5cZ2REBfFkg==</Content-MD5><Cache-Control></Cache-Control>
                    <BlobType>BlockBlob</BlobType><LeaseStatus>locked</LeaseStatus><LeaseState>leased</LeaseState>
                    <SomethingNew>1</SomethingNew>
                  </Properties>
                  <Metadata><Color>blue</Color><empty /></Metadata>
                  <OrMetadata />
                </Blob>
                <Blob><Name> </Name><Properties /></Blob>
                <BlobPrefix><Name>p/d/</Name></BlobPrefix>
              </Blobs>
              <NextMarker>next</NextMarker>
            </EnumerationResults>
            """);

        Assert.Equal("next", page.Next);
        Assert.Equal(["p/d/"], page.Prefixes);
        Assert.Equal(["p/a&b", " "], page.Items.Select(item => item.Name));
        var properties = page.Items[0].Properties;
        Assert.Equal(("\"0x8D1\"", 12345678901, "leased"), (properties.ETag, properties.Length, properties.LeaseState));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero), properties.LastModified);
        Assert.Equal(new BlobHeaders { ContentType = "text/plain", ContentLanguage = "de", ContentMd5 = "XUFAKrxLKna5cZ2REBfFkg==" }, properties.Headers);
        Assert.Equal(new Dictionary<string, string> { ["Color"] = "blue", ["empty"] = "" }, properties.Metadata);
    }

    [Theory]
    [InlineData("<Name Encoded=\"true\">a%EF%BF%BE%20b</Name>", "a\uFFFE b")]
    [InlineData("<Name>a%20b</Name>", "a%20b")]
    [InlineData("<Name>a&#x1;b</Name>", "a\u0001b")]
    [InlineData("<Name><![CDATA[<x>]]></Name>", "<x>")]
    [InlineData("<Name>🔑</Name>", "🔑")]
    public void Read_OddName_IsTheBlobs(string element, string name) =>
        Assert.Equal([name], Read($"<EnumerationResults><Blobs><Blob>{element}</Blob></Blobs><NextMarker /></EnumerationResults>").Items.Select(item => item.Name));

    [Theory]
    [InlineData("<EnumerationResults><Blobs /><NextMarker /></EnumerationResults>")]
    [InlineData("<EnumerationResults><Blobs></Blobs><NextMarker></NextMarker></EnumerationResults>")]
    public void Read_Empty_IsTheLastPage(string xml)
    {
        var page = Read("\uFEFF" + xml);

        Assert.Empty(page.Items);
        Assert.Empty(page.Prefixes);
        Assert.Null(page.Next);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<html><body /></html>")]
    [InlineData("<EnumerationResults><Blobs><Blob><Name>a</Name></Blob>")]
    [InlineData("<EnumerationResults><Blobs><Blob><Properties /></Blob></Blobs></EnumerationResults>")]
    [InlineData("<!DOCTYPE x [<!ENTITY y \"z\">]><EnumerationResults><Blobs /></EnumerationResults>")]
    public void Read_NoWholeListing_IsNone(string text) => Assert.False(BlobListing.TryRead(Encoding.UTF8.GetBytes(text), out _));

    private static BlobPage Read(string xml)
    {
        Assert.True(BlobListing.TryRead(Encoding.UTF8.GetBytes(xml), out var page));
        return page;
    }
}
