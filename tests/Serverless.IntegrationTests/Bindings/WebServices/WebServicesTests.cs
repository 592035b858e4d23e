using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Serverless.Backends.WebServices;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.WebServices;

/// <summary>bindings.graphql, influx, twilio.sms and twilio.sendgrid through the running app.</summary>
public sealed class WebServicesTests(WebServicesFixture fixture) : IClassFixture<WebServicesFixture>
{
    private const string Unknown = "; whether it was executed is unknown";

    [Fact]
    public async Task GraphQlQuery_WithVariableAndHeader_AnswersTheDataAsItIs()
    {
        var answer = await InvokeAsync("graphql", "query", null, ("query", GraphQlService.HeroQuery), ("variable:episode", "JEDI"), ("header:X-Trace", "t1"));

        Assert.Equal((200, """{"hero":{"name":"R2-D2 of JEDI","size":1.10,"id":12345678901234567890}}"""), (answer.Code, answer.Text));
        Assert.Equal("query", answer.Metadata["operation"]);
        Assert.True(DateTimeOffset.Parse(answer.Metadata["start-time"], null) <= DateTimeOffset.Parse(answer.Metadata["end-time"], null));
        Assert.Matches("^[0-9.]+(µs|ms|s)$", answer.Metadata["duration"]);
        Assert.Contains(fixture.GraphQl.Calls, call => call.Header("X-Trace") == "t1");
    }

    [Fact]
    public async Task GraphQlMutation_Answers()
    {
        var answer = await InvokeAsync("graphql", "mutation", null, ("mutation", "mutation { add }"));

        Assert.Equal((200, """{"add":true}""", "mutation"), (answer.Code, answer.Text, answer.Metadata["operation"]));
    }

    [Theory]
    [InlineData("graphql", "query", "query", "{ broken }", "GraphQL Error: graphql: Cannot query field \"broken\"")]
    [InlineData("graphql", "query", "query", "{ html }", "GraphQL Error: graphql: server returned a non-200 status code: 502")]
    [InlineData("graphql", "query", "query", "{ array }", "GraphQL Error: decoding response: it is not a JSON object")]
    [InlineData("graphql", "query", "mutation", "m", "GraphQL Error: Required query not set")]
    [InlineData("graphql", "mutation", "query", "q", "GraphQL Error: Required mutation not set")]
    [InlineData("graphql", "query", "other", "q", "GraphQL Error: Required metadata not set: query or mutation")]
    [InlineData("graphql", "create", "query", "q", "binding graphql does not support operation create. supported operations:query mutation")]
    [InlineData("graphql-refused", "query", "query", "q", "GraphQL Error: graphql: invalid key")]
    [InlineData("graphql-hung", "mutation", "mutation", "m", "no complete answer within 0.3 s" + Unknown)]
    [InlineData("graphql", "query", "query", "{ deep }", "GraphQL Error: graphql: deep")]
    [InlineData("influx", "query", "raw", "broken", "do query influx err: invalid: compilation failed")]
    [InlineData("influx", "query", "other", "q", "required metadata not set: raw")]
    [InlineData("influx", "delete", "raw", "q", "binding influx does not support operation delete. supported operations:create query")]
    [InlineData("influx-refused", "query", "raw", "q", "do query influx err: unauthorized: unauthorized access")]
    [InlineData("influx-hung", "query", "raw", "q", "no complete answer within 0.3 s" + Unknown)]
    [InlineData("sms", "create", "toNumber", "+1", "error from Twilio (400): 400 Bad Request")]
    [InlineData("sms", "create", "tonumber", "+2", "twilio missing \"toNumber\" field")]
    [InlineData("sms", "get", "toNumber", "+2", "binding sms does not support operation get. supported operations:create")]
    [InlineData("sms-refused", "create", "toNumber", "+2", "error from Twilio (401): 401 Unauthorized")]
    [InlineData("sms-hung", "create", "toNumber", "+2", "no complete answer within 0.3 s" + Unknown)]
    [InlineData("twilio-big", "create", "toNumber", "+2", "the answer (200) is longer than 1048576 bytes")]
    [InlineData("sendgrid-big", "create", "subject", "s", "the answer (200) is longer than 1048576 bytes")]
    [InlineData("graphql-big", "query", "query", "q", "the answer (200) is longer than 104857600 bytes")]
    [InlineData("influx-big", "query", "raw", "q", "the answer (200) is longer than 104857600 bytes")]
    [InlineData("sendgrid", "create", "emailTo", "nobody", "sending email failed: 400 {Errors:[{Field:personalizations.0.to.0.email Message:Does not contain a valid address. Help:http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message.personalizations.to}]}")]
    [InlineData("sendgrid", "create", "dynamicTemplateData", "[1]", "dynamicTemplateData is not a JSON object")]
    [InlineData("sendgrid", "list", "emailTo", "a@b", "binding sendgrid does not support operation list. supported operations:create")]
    [InlineData("sendgrid-bare", "create", "emailTo", "a@b", "error SendGrid from email not supplied")]
    [InlineData("sendgrid-bare", "create", "emailFrom", "a@b", "error SendGrid to email not supplied")]
    [InlineData("sendgrid-refused", "create", "subject", "s", "sending email failed: 401 {Errors:[{Field:<nil> Message:The provided authorization grant is invalid, expired, or revoked Help:<nil>}]}")]
    [InlineData("sendgrid-hung", "create", "subject", "s", "no complete answer within 0.3 s" + Unknown)]
    public async Task Invoke_Failing_SaysWhyWithoutSecrets(string name, string operation, string key, string value, string fault)
    {
        var answer = await InvokeAsync(name, operation, "\"text\"", (key, value));

        Assert.EndsWith(fault, answer.Fault, StringComparison.Ordinal);
        fixture.MustHaveKeptSecrets();
    }

    [Theory]
    [InlineData("header:X A", "v", "GraphQL Error: net/http: invalid header field name \"X A\"")]
    [InlineData("header:X-A", "v\r\nX-B: w", "GraphQL Error: net/http: invalid header field value for \"X-A\"")]
    public async Task GraphQlQuery_HeaderThatCouldInject_IsRefused(string key, string value, string fault) =>
        Assert.EndsWith(fault, (await InvokeAsync("graphql", "query", null, ("query", "{ never }"), (key, value))).Fault, StringComparison.Ordinal);

    [Theory]
    [InlineData("graphql-down", "query", "query", "GraphQL Error: ")]
    [InlineData("influx-down", "query", "raw", "do query influx err: ")]
    [InlineData("sms-down", "create", "toNumber", "error from Twilio: ")]
    [InlineData("sendgrid-down", "create", "emailTo", "error from SendGrid, sending email failed: ")]
    public async Task Invoke_ServiceDown_IsToldAndItsFateKnown(string name, string operation, string key, string prefix)
    {
        var answer = await InvokeAsync(name, operation, "\"text\"", (key, "a@b"));

        Assert.Equal($"error invoking output binding {name}: {prefix}POST {fixture.Closed}: Connection refused", answer.Fault);
    }

    [Theory]
    [InlineData("""{"measurement":"m","tags":"a=1,b=x\\ y","values":"v=1.5,t=\"l1\nl2\""}""", "m,a=1,b=x\\ y v=1.5,t=\"l1\nl2\"")]
    [InlineData("""{"measurement":"untagged","values":"v=1i"}""", "untagged v=1i")]
    public async Task InfluxCreate_WritesOneLine(string data, string line)
    {
        var answer = await InvokeAsync("influx", "create", data);

        Assert.Equal((204, ""), (answer.Code, answer.Text));
        Assert.Contains(fixture.Influx.Calls, call => call.Text == line);
    }

    [Theory]
    [InlineData("""{"measurement":"m\nevil v=1","values":"v=1"}""", "influx error: Cannot convert request data: a line end outside of a quoted value")]
    [InlineData("""{"measurement":"m","values":"v=\"a\\\\\"\nevil v=1"}""", "influx error: Cannot convert request data: a line end outside of a quoted value")]
    [InlineData("""{"measurement":"m","values":"a\"b=1\nevil v=1,c\"d=2"}""", "influx error: Cannot convert request data: a line end outside of a quoted value")]
    [InlineData("""{"measurement":"m","tags":"t=\"\nevil\"","values":"v=1"}""", "influx error: Cannot convert request data: a line end outside of a quoted value")]
    [InlineData("""{"measurement":"m"}""", "influx error: Cannot convert request data: measurement and values are required")]
    [InlineData("""{"measurement":"m","values":{"v":1}}""", "influx error: Cannot convert request data: values must be a string")]
    [InlineData("\"text\"", "influx error: Cannot convert request data")]
    [InlineData("""{"measurement":"bad_point","values":"x"}""", "influx error: Cannot write point: invalid: unable to parse 'bad_point': missing fields")]
    public async Task InfluxCreate_Unusable_IsToldAndNoSecondPointWritten(string data, string fault)
    {
        var answer = await InvokeAsync("influx", "create", data);

        Assert.EndsWith(fault, answer.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Influx.Calls, call => call.Text.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InfluxQuery_AnswersTheCsv()
    {
        const string Flux = "from(bucket: \"my bucket\")\n |> range(start: -1h)";
        var answer = await InvokeAsync("influx", "query", null, ("raw", Flux));

        Assert.Equal((200, InfluxService.Csv, "query"), (answer.Code, answer.Text, answer.Metadata["operation"]));
        Assert.Equal(Flux.Replace('\n', ' '), answer.Metadata["raw"]);
    }

    [Fact]
    public async Task TwilioCreate_PostsTheForm()
    {
        var answer = await InvokeAsync("sms", "create", "\"grüße & +1 = 2\"", ("toNumber", "+15558675310"));
        var toTheComponents = await InvokeAsync("twilio-fixed", "create", """{"a":1}""", ("toNumber", "+15558675310"));

        Assert.Equal((204, 204), (answer.Code, toTheComponents.Code));
        var forms = fixture.Twilio.Calls.Select(call => QueryHelpers.ParseQuery(call.Text)).ToList();
        Assert.Contains(forms, form => form["Body"] == "grüße & +1 = 2" && form["To"] == "+15558675310" && form["From"] == "+15017122661");
        Assert.Contains(forms, form => form["Body"] == """{"a":1}""" && form["To"] == "+1999");
    }

    [Fact]
    public async Task SendGridCreate_PostsTheMail()
    {
        var own = await InvokeAsync("sendgrid", "create", "\"<h1>Testing</h1>\"", ("emailTo", "changeme@example.net"), ("subject", "An email"), ("emailCc", "cc@example.com"), ("emailBcc", "bcc@example.com"));
        var template = await InvokeAsync("sendgrid", "create", "\"x\"", ("dynamicTemplateId", "d-123456789"), ("dynamicTemplateData", """{"customer":{"name":"John Smith"}}"""));

        Assert.Equal((204, 204), (own.Code, template.Code));
        MustHaveMailed("""
            {"from":{"name":"Me","email":"from@example.com"},
             "personalizations":[{"to":[{"email":"changeme@example.net"}],"cc":[{"email":"cc@example.com"}],"bcc":[{"email":"bcc@example.com"}],"subject":"An email"}],
             "content":[{"type":"text/html","value":"<h1>Testing</h1>"}]}
            """);
        MustHaveMailed("""
            {"from":{"name":"Me","email":"from@example.com"},
             "personalizations":[{"to":[{"name":"You","email":"to@example.com"}],"subject":"Hello","dynamic_template_data":{"customer":{"name":"John Smith"}}}],
             "content":[{"type":"text/html","value":"x"}],"template_id":"d-123456789"}
            """);
    }

    [Fact]
    public async Task Start_FaultySettings_AreNamed()
    {
        await using var app = await AppProcess.LaunchAsync(new AppSettings
        {
            Resources = new Dictionary<string, string>
            {
                ["a.yaml"] = Resources.Component("a", "bindings.twilio.sms", ("endpoint", "http://twilio.example"), ("accountSid", "../x"), ("authToken", "t")),
                ["b.yaml"] = Resources.Component("b", "bindings.influx", ("url", "x")),
                ["c.yaml"] = Resources.Component("c", "bindings.graphql", ("header:a b", "x")),
                ["d.yaml"] = Resources.Component("d", "bindings.twilio.sendgrid", ("timeout", "0s")),
            },
        });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(TestContext.Current.CancellationToken));
        foreach (var name in new[] { "endpoint", "accountSid", "fromNumber", "url", "org", "bucket", "token", "header:a b", "apiKey", "timeout" })
        {
            Assert.True(app.Output.HasLine($"metadata '{name}'"), $"{name}\n{app.Output.Text}");
        }
    }

    private void MustHaveMailed(string json) =>
        Assert.Contains(fixture.SendGrid.Calls, call => JsonNode.DeepEquals(JsonNode.Parse(call.Text), JsonNode.Parse(json)));

    private Task<OutputCall> InvokeAsync(string name, string operation, string? data = null, params (string Key, string Value)[] metadata) =>
        OutputCall.SendAsync(fixture.App, name, operation, data, metadata);
}
