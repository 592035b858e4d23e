using System.Globalization;

namespace Serverless.IntegrationTests.Bindings.Smtp;

/// <summary>bindings.smtp through the running app; what arrives is read by Python's mail parser.</summary>
public sealed class SmtpBindingTests(SmtpBindingFixture fixture) : IClassFixture<SmtpBindingFixture>
{
    private const string Failing = "sending email failed: localhost:";
    private static readonly (string Key, string Value)[] Addressed = [("emailFrom", "a@example.com"), ("emailTo", "b@example.com")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_FromTheComponentsSettings_Arrives()
    {
        var answer = await InvokeAsync("mail", "\"<h1>Grüße</h1>\\n.\\n..dots\"");

        var message = await fixture.Open.MessageAsync("usual", Token);
        var headers = message["headers"]!;
        Assert.Equal((204, ""), (answer.Code, answer.Text));
        Assert.Equal(("sender@example.com", """["one@example.com"]"""), ((string?)message["from"], message["to"]!.ToJsonString()));
        Assert.Equal(("Sender <sender@example.com>", "one@example.com", "5"), ((string?)headers["from"], (string?)headers["to"], (string?)headers["x-priority"]));
        Assert.Equal(("text/html", "<h1>Grüße</h1>\n.\n..dots", "[]"), ((string?)message["type"], ((string)message["html"]!).TrimEnd('\n'), message["defects"]!.ToJsonString()));
        Assert.Matches(@"^<[0-9a-f]{32}@example\.com>$", (string?)headers["message-id"]);
        Assert.True(DateTimeOffset.TryParse((string?)headers["date"], CultureInfo.InvariantCulture, out var date));
        Assert.InRange(TimeProvider.System.GetUtcNow() - date, TimeSpan.FromSeconds(-5), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Create_SeveralReceivers_AllGetItAndBccIsHidden()
    {
        const string Subject = "Ein sehr langer Betreff mit Umlauten äöü und Zeichen 日本語 der in mehrere kodierte Wörter passt =?x?";
        var answer = await InvokeAsync(
            "bare", "\"x\"", ("emailFrom", "\"Ü, \\\"Q\\\"\" <a@example.com>"), ("emailTo", "b@example.com; Dé <c@example.com>;"), ("emailCC", "\"D, E\" <d@example.com>"),
            ("emailBCC", "hidden-e@example.com;hidden-f@example.com"), ("subject", Subject), ("priority", "1"));

        Assert.Equal((204, ""), (answer.Code, answer.Text));
        var message = await fixture.Open.MessageAsync(Subject, Token);
        var headers = message["headers"]!;
        Assert.Equal(["b", "c", "d", "hidden-e", "hidden-f"], message["to"]!.AsArray().Select(address => ((string)address!).Split('@')[0]));
        Assert.Equal(("b@example.com, Dé <c@example.com>", "\"D, E\" <d@example.com>", "1"), ((string?)headers["to"], (string?)headers["cc"], (string?)headers["x-priority"]));
        Assert.Equal("\"Ü, \\\"Q\\\"\" <a@example.com>", (string?)headers["from"]);
        Assert.DoesNotContain("bcc", headers.AsObject().Select(header => header.Key));
        Assert.DoesNotContain("hidden", headers.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("[]", message["defects"]!.ToJsonString());
    }

    [Fact]
    public async Task Create_WithUserOverStartTls_IsSignedIn()
    {
        var answer = await InvokeAsync("guarded", "{\"json\":1}", [.. Addressed, ("subject", "tls")]);

        Assert.Equal((204, ""), (answer.Code, answer.Text));
        var message = await fixture.Guarded.MessageAsync("tls", Token);
        Assert.Equal((true, true, "{\"json\":1}"), ((bool)message["authenticated"]!, (bool)message["encrypted"]!, ((string)message["html"]!).TrimEnd('\n')));
    }

    [Fact]
    public async Task Create_ServerKnowsOnlyLogin_IsSignedIn() =>
        Assert.Equal(204, (await InvokeAsync("login", "\"x\"", [.. Addressed, ("subject", "login")])).Code);

    [Theory]
    [InlineData("emailFrom", "a@example.com\r\nRCPT TO:<evil@example.com>", "smtp binding error: emailFrom holds what is no address")]
    [InlineData("emailTo", "b@example.com>\r\nDATA", "smtp binding error: emailTo holds what is no address")]
    [InlineData("emailTo", "x\r\nBcc: evil@example.com <b@example.com>", "smtp binding error: emailTo holds what is no address")]
    [InlineData("emailCC", "b@example.com, evil@example.com", "smtp binding error: emailCC holds what is no address")]
    [InlineData("emailBCC", "no address", "smtp binding error: emailBCC holds what is no address")]
    [InlineData("emailTo", ";", "smtp binding error: emailTo holds no address")]
    [InlineData("emailFrom", "a@example.com;b@example.com", "smtp binding error: emailFrom must be one address")]
    [InlineData("subject", "x\r\nBcc: evil@example.com", "smtp binding error: subject holds a control character")]
    [InlineData("subject", "x\0", "smtp binding error: subject holds a control character")]
    [InlineData("priority", "6", "smtp binding error:  priority value must be between 1 (highest) and 5 (lowest)")]
    [InlineData("priority", "high", "smtp binding error:  priority value must be between 1 (highest) and 5 (lowest)")]
    public async Task Create_ValueThatCouldInject_IsRefusedAndNothingSent(string key, string value, string fault)
    {
        var answer = await InvokeAsync("mail", "\"never\"", (key, value));

        Assert.EndsWith(fault, answer.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Open.Messages, message => ((string)message["html"]!).Contains("never", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("emailFrom")]
    [InlineData("emailTo")]
    [InlineData("subject")]
    public async Task Create_SomethingMissing_IsNamed(string missing)
    {
        (string, string)[] metadata = [.. Addressed.Append(("subject", "s")).Where(item => item.Item1 != missing)];

        Assert.EndsWith($"smtp binding error: {missing} property not supplied in configuration- or request-metadata", (await InvokeAsync("bare", "\"x\"", metadata)).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bare", "nobody@example.com", "s", "the server refused the receiver nobody@example.com: 550 5.1.1 no such mailbox")]
    [InlineData("bare", "b@example.com", "refuse me", "the server refused the message: 554 5.7.1 refused by policy")]
    [InlineData("wrong", "b@example.com", "s", "the server refused the user: 535 5.7.8 Authentication credentials invalid")]
    [InlineData("mute", "b@example.com", "s", "not done within 0.4 s")]
    [InlineData("web", "b@example.com", "s", "the answer is not what a mail server sends")]
    [InlineData("endless", "b@example.com", "s", "the server's reply has no end")]
    [InlineData("injecting", "b@example.com", "s", "the server sent more than its reply before TLS began")]
    [InlineData("quiet-at-end", "b@example.com", "s", "not done within 0.4 s; whether it was executed is unknown")]
    public async Task Create_ServerRefusesOrIsNone_SaysWhyWithoutThePassword(string name, string receiver, string subject, string fault)
    {
        var answer = await InvokeAsync(name, "\"x\"", ("emailFrom", "a@example.com"), ("emailTo", receiver), ("subject", subject));

        Assert.Contains(Failing, answer.Fault, StringComparison.Ordinal);
        Assert.EndsWith(fault, answer.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain("must-stay-secret", fixture.App.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_CertificateOfNobody_IsRefused() =>
        Assert.Contains("certificate", (await InvokeAsync("distrustful", "\"x\"", [.. Addressed, ("subject", "s")])).Fault, StringComparison.Ordinal);

    [Fact]
    public async Task Create_ServerDown_IsTold() =>
        Assert.EndsWith($"{Failing}{fixture.ClosedPort}: Connection refused", (await InvokeAsync("down", "\"x\"", [.. Addressed, ("subject", "s")])).Fault, StringComparison.Ordinal);

    [Fact]
    public async Task Invoke_UnknownOperation_NamesTheOneThereIs() =>
        Assert.EndsWith("does not support operation get. supported operations:create", (await OutputCall.SendAsync(fixture.App, "mail", "get")).Fault, StringComparison.Ordinal);

    private Task<OutputCall> InvokeAsync(string name, string data, params (string Key, string Value)[] metadata) =>
        OutputCall.SendAsync(fixture.App, name, "create", data, metadata);
}
