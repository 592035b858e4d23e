using System.Text;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureRest;

public sealed class AzureErrorTests
{
    [Theory]
    [InlineData("""{"odata.error":{"code":"TableNotFound","message":{"lang":"en-US","value":"No such table.\nRequestId:1\nTime:2"}}}""", "TableNotFound", "No such table.")]
    [InlineData("""{"error":{"code":"Forbidden","message":"Not you.","innererror":{"code":"ForbiddenByRbac","innererror":{"other":1}}}}""", "ForbiddenByRbac", "Not you.")]
    [InlineData("""{"error":{"code":"BadParameter","message":"Bad."}}""", "BadParameter", "Bad.")]
    [InlineData("""{"error":{"code":7,"message":{"value":[]}}}""", null, null)]
    [InlineData("""{"error":"invalid"}""", null, null)]
    [InlineData("""{"other":1}""", null, null)]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Error><Code>QueueNotFound</Code><Message>No queue.\nRequestId:1</Message></Error>", "QueueNotFound", "No queue.")]
    [InlineData("<m:error xmlns:m=\"urn:m\"><m:code>AuthenticationFailed</m:code><m:message>Who?</m:message></m:error>", "AuthenticationFailed", "Who?")]
    [InlineData("<Error><Code>404</Code><Detail>Gone. SubCode=40400</Detail></Error>", "404", "Gone. SubCode=40400")]
    [InlineData("<Error><Code/><Message><![CDATA[a<b]]></Message></Error>", null, "a<b")]
    [InlineData("\n  {\"error\":{\"code\":\"A\",\"message\":\"B\"}}", "A", "B")]
    [InlineData("\uFEFF{\"error\":{\"code\":\"A\",\"message\":\"B\"}}", "A", "B")]
    [InlineData("\uFEFF<?xml version=\"1.0\"?><Error><Code>A</Code><Message>B</Message></Error>", "A", "B")]
    [InlineData("<!DOCTYPE html><html><code>x</code></html>", null, null)]
    [InlineData("<html><body><code>x</code><message>y</message></body></html>", null, null)]
    [InlineData("<!DOCTYPE Error [<!ENTITY a \"b\">]><Error><Code>&a;</Code></Error>", null, null)]
    [InlineData("{\"error\":", null, null)]
    [InlineData("<Error><Code>A", null, null)]
    [InlineData("[1]", null, null)]
    [InlineData("Bad Gateway", null, null)]
    [InlineData("", null, null)]
    public void Parse_Body_GivesCodeAndMessage(string body, string? code, string? message) =>
        Assert.Equal(new AzureError(code, message), AzureError.Parse(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Parse_Garbage_GivesNothing()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var body = new byte[random.Next(64)];
            random.NextBytes(body);
            Assert.Equal(default, AzureError.Parse(new byte[] { (byte)"{<"[i % 2] }.Concat(body).ToArray()));
        }
    }

    [Fact]
    public void Parse_HugeMessage_IsShortened()
    {
        var error = AzureError.Parse(Encoding.UTF8.GetBytes($"<Error><Code>A</Code><Message>{new string('x', 1_000_000)}</Message></Error>"));

        Assert.Equal(("A", 513), (error.Code, error.Message!.Length));
    }

    [Fact]
    public async Task Read_HeadWithTheCodeInAHeader_GivesIt()
    {
        await using var service = new ScriptedService("HTTP/1.1 404 Not Found\r\nContent-Length: 215\r\nx-ms-error-code: BlobNotFound\r\n\r\n");
        using var client = new AzureRestClient(new AzureRestOptions { Service = "Test" });
        using var message = client.CreateMessage(Azure.Core.RequestMethod.Head, RepeatRule.Freely);
        message.Request.Uri.Reset(service.Uri());

        var response = await client.SendAsync(message, "look", TestContext.Current.CancellationToken);

        Assert.Equal("BlobNotFound", client.Unexpected(response, "look").Code);
    }

    [Fact]
    public async Task Read_HeaderAndBodyThatDiffer_HeaderCounts()
    {
        await using var service = new ScriptedService(ScriptedService.Answer(400, "<Error><Code>Other</Code><Message>Words.</Message></Error>", "x-ms-error-code: PopReceiptMismatch\r\n"));
        using var client = new AzureRestClient(new AzureRestOptions { Service = "Test" });
        using var message = client.CreateMessage(Azure.Core.RequestMethod.Get, RepeatRule.Freely);
        message.Request.Uri.Reset(service.Uri());

        Assert.Equal(new AzureError("PopReceiptMismatch", "Words."), AzureError.Read(await client.SendAsync(message, "look", TestContext.Current.CancellationToken)));
    }
}
