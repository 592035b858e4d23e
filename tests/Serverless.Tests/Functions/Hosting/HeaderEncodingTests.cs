using Serverless.Tests.Functions.Http;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Hosting;

/// <summary>Header values that are not ASCII, on their way in and out.</summary>
public sealed class HeaderEncodingTests
{
    [Fact]
    public async Task Etag_Utf8_ComesBackAsItWent()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.Put("app||k", "1", "é漢");
        var read = await server.GetAsync("/v1.0/state/store/k");
        Assert.Equal((200, "é漢"), (read.Status, read.Header("ETag")));

        Assert.Equal(204, (await server.SendAsync("DELETE", "/v1.0/state/store/k", null, "if-match: é漢")).Status);
        Assert.Equal("é漢", Assert.Single(store.Deletes).ETag);
    }

    [Fact]
    public async Task Etag_NoUtf8_IsServedAndMatchesNothing()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        byte[] request = [.. "DELETE /v1.0/state/store/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-Match: "u8, 0xe9, .. "\r\n\r\n"u8];
        Assert.Equal(204, (await server.RawAsync(request)).Status);
        Assert.Equal("\ufffd", Assert.Single(store.Deletes).ETag);
    }

    [Fact]
    public async Task AppId_Utf8_IsNamedInTheAnswer()
    {
        await using var server = await ApiServer.StartAsync();
        var response = await server.GetAsync("/x", "dapr-app-id: café");
        Assert.Contains("couldn't find service: café", response.Body, StringComparison.Ordinal);
    }
}
