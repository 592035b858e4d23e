using System.Text;
using Azure.Core.Pipeline;
using Serverless.Backends.EventGrid;
using Serverless.Backends.Faults;
using Serverless.Components.Bindings.AzureEventGrid;
using Serverless.Components.Clients.AzureEventGrid;
using Serverless.Components.Registry;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Components.Bindings.AzureEventGrid;

public sealed class EventGridBindingTests
{
    private const string CloudEvent = """{"id":"1","source":"/s","type":"t","specversion":"1.0","data":{"a":1.0}}""";
    private const string GridEvent = """{"id":"1","subject":"s","eventType":"t","eventTime":"2026-01-02T03:04:05Z","dataVersion":"1.0","data":{"a":1}}""";
    private const string Validation = """{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"c-1"}}""";

    [Theory]
    [InlineData(true, CloudEvent, 1)]
    [InlineData(true, $"[{CloudEvent},{CloudEvent}]", 2)]
    [InlineData(false, $"[{GridEvent}]", 1)]
    public async Task Create_EitherSchema_IsTaken(bool isCloudEvents, string data, int count)
    {
        await using var server = await EventGridServer.StartAsync(isCloudEvents);
        await using var binding = Binding(server);

        Assert.Null(await binding.CreateAsync(data));

        Assert.Equal(count, server.Events.Count);
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("[]x")]
    [InlineData("[1]")]
    public async Task Create_NoEvents_TellsTheTopicsRefusal(string data)
    {
        await using var server = await EventGridServer.StartAsync(isCloudEvents: true);
        await using var binding = Binding(server);

        Assert.StartsWith("Event Grid publish: the service answered 400 BadRequest: ", await binding.FaultAsync(data), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WrongKeyBusyOrInDoubt_IsToldOrRepeatedOnlyWhenNotExecuted()
    {
        await using var server = await EventGridServer.StartAsync(isCloudEvents: true);
        await using var wrong = Binding(server, ("accessKey", "wr0ngkey"));
        await using var binding = Binding(server);

        var refused = await wrong.FaultAsync(CloudEvent);
        server.Faults.Inject(HttpFault.Answer(503).With("Retry-After", "0"));
        await binding.CreateAsync(CloudEvent);
        server.Faults.Inject(HttpFault.ResetAfterCommit);
        var doubt = await binding.FaultAsync(CloudEvent);

        Assert.StartsWith("Event Grid publish: the service answered 401 Unauthorized", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ngkey", refused, StringComparison.Ordinal);
        Assert.EndsWith("whether it was executed is unknown", doubt, StringComparison.Ordinal);
        Assert.Equal(2, server.Events.Count);
        Assert.Equal("the events have 1048579 bytes; Event Grid takes 1048576 at once", await binding.FaultAsync($"\"{new string('a', 1048577)}\""));
    }

    [Fact]
    public async Task Publish_WithAnIdentity_AsksForEventGridsToken()
    {
        await using var server = await EventGridServer.StartAsync(isCloudEvents: true, token: "entra");
        using var transport = new HttpClientTransport(server.CreateHandler());
        var credential = new AskedCredential("entra");
        using var topic = new EventGridClient(server.Topic, EventGridCredential.Token(credential), TimeProvider.System, transport);

        await topic.PublishAsync(Encoding.UTF8.GetBytes(CloudEvent), "application/cloudevents+json", TestContext.Current.CancellationToken);

        Assert.Single(server.Events);
        Assert.Equal(["https://eventgrid.azure.net/.default"], credential.Scopes);
    }

    [Fact]
    public async Task Create_WithoutATopic_SaysSo()
    {
        await using var binding = new EventGridBinding(BindingCalls.Context("bindings.azure.eventgrid", ("webhookSecret", "0123456789abcdef")));

        Assert.Equal("metadata field 'topicEndpoint' is empty in EventGrid binding", await binding.FaultAsync(CloudEvent));
    }

    [Fact]
    public void Webhook_Secret_IsTheWholeSecretAlone()
    {
        var binding = new EventGridBinding(BindingCalls.Context("bindings.azure.eventgrid", ("webhookSecret", "0123456789abcdef")));

        Assert.True(binding.IsSecret("0123456789abcdef"));
        Assert.All(["", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF"], other => Assert.False(binding.IsSecret(other)));
        Assert.False(new EventGridBinding(BindingCalls.Context("bindings.azure.eventgrid")).IsSecret(""));
    }

    [Theory]
    [InlineData("""{"id":"1","n":1.0,"s":"\u00fc"}""", """{"id":"1","n":1.0,"s":"\u00fc"}""")]
    [InlineData("""[{"id":"1"}, {"id":"2"}]""", """{"id":"1"}|{"id":"2"}""")]
    [InlineData("[]", "")]
    [InlineData($"[{GridEvent},{Validation}]", $"{GridEvent}|{Validation}")]
    public void Webhook_Events_AreSplitAndOtherwiseAsSent(string body, string events)
    {
        var content = EventGridSchema.Read(Encoding.UTF8.GetBytes(body));

        Assert.Equal(events, string.Join('|', content.Events.Select(one => Encoding.UTF8.GetString(one.Data.Span))));
        Assert.Equal((null, null), (content.Fault, content.Reply));
    }

    [Fact]
    public void Events_NestedDeeply_PassBothWays()
    {
        var deep = $$"""{"more":{{new string('[', 1000)}}{{new string(']', 1000)}},{{CloudEvent[1..]}}""";

        Assert.Equal(deep, Encoding.UTF8.GetString(Assert.Single(EventGridSchema.Read(Encoding.UTF8.GetBytes(deep)).Events).Data.Span));
        Assert.Equal("application/cloudevents-batch+json", EventGridSchema.ContentTypeOf(Encoding.UTF8.GetBytes($"[{deep}]")));
    }

    [Fact]
    public void Webhook_Handshakes_AreAnswered()
    {
        var binding = new EventGridBinding(BindingCalls.Context("bindings.azure.eventgrid"));

        Assert.Equal("""{"validationResponse":"c-1"}""", Encoding.UTF8.GetString(binding.Read(Encoding.UTF8.GetBytes($"[{Validation}]")).Reply!.Value.Span));
        Assert.Equal("eventgrid.azure.net", binding.AllowOrigin("eventgrid.azure.net")["WebHook-Allowed-Origin"]);
    }

    [Theory]
    [InlineData("", "the body is no JSON")]
    [InlineData("[1]", "an element of the array is no event")]
    [InlineData("1", "the body is neither an event nor an array of events")]
    [InlineData("""[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent"}]""", "the validation event has no validationCode")]
    public void Webhook_Unreadable_IsAValue(string body, string fault) => Assert.Equal(fault, EventGridSchema.Read(Encoding.UTF8.GetBytes(body)).Fault);

    [Theory]
    [InlineData("metadata 'webhookSecret': expected at least 16 letters, digits, '-', '.', '_' or '~', since it stands in an address", "webhookSecret", "short")]
    [InlineData("metadata 'webhookSecret': expected a value (it or webhookAudience is required to receive events)", "direction", "input")]
    [InlineData("metadata 'webhookOpenIdConfiguration': expected a value, or the id of the tenant as azureTenantId, beside webhookAudience", "webhookAudience", "a")]
    [InlineData("metadata 'topicEndpoint': expected an address such as https://topic.westeurope-1.eventgrid.azure.net/api/events", "topicEndpoint", "topic")]
    public void Options_Fault_NamesTheItem(string fault, string name, string value) =>
        Assert.Equal($"component 'statestore': {fault}", Assert.Throws<ComponentException>(() => new EventGridBinding(BindingCalls.Context("bindings.azure.eventgrid", (name, value)))).Message);

    [Theory]
    [InlineData("http://login.example/.well-known/openid-configuration", false)]
    [InlineData("ftp://localhost/x", false)]
    [InlineData("https://login.example/.well-known/openid-configuration", true)]
    public async Task Options_OpenIdConfiguration_IsReadOverTlsOnly(string address, bool isUsable)
    {
        var context = BindingCalls.Context("bindings.azure.eventgrid", ("webhookAudience", "a"), ("webhookOpenIdConfiguration", address));
        if (isUsable)
        {
            await using var binding = new EventGridBinding(context);
            Assert.True(binding.TakesTokens);
        }
        else
        {
            Assert.Contains("an address with https", Assert.Throws<ComponentException>(() => new EventGridBinding(context)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_Tenant_GivesBothNamesOfItsIssuer()
    {
        const string tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
        var rules = EventGridOptions.Read(BindingCalls.Context("bindings.azure.eventgrid", ("webhookAudience", "a"), ("azureTenantId", tenant))).Tokens!;

        Assert.Equal($"https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration", rules.Configuration.ToString());
        Assert.Equal($"https://sts.windows.net/{tenant}/", rules.OtherIssuer);
    }

    private static EventGridBinding Binding(EventGridServer server, params (string Name, string Value)[] items) =>
        new(BindingCalls.Context("bindings.azure.eventgrid", [("topicEndpoint", server.HttpTopic.ToString()), ("accessKey", server.Key)], items));
}
