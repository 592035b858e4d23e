using System.Text;
using Serverless.Backends.EventHubs;
using Serverless.Backends.Faults;
using Serverless.Components.Bindings.AzureEventHubs;
using Serverless.Components.Registry;

namespace Serverless.Tests.Components.Bindings.AzureEventHubs;

public sealed class EventHubBindingTests
{
    private const string Hub = "readings";

    [Fact]
    public async Task Create_SendsTheDataUnderItsKeyAndType()
    {
        await using var server = await EventHubsServer.StartAsync(Hub);
        await using var binding = Binding(server);

        Assert.Null(await binding.CreateAsync("{\"t\":37}"));
        Assert.Null(await binding.CreateAsync("\"x\"", ("partitionKey", "kéy \"1\""), ("contentType", "text/plain")));

        Assert.Equal(
            [("{\"t\":37}", "application/atom+xml;type=entry;charset=utf-8", null, null), ("\"x\"", "text/plain", "kéy \"1\"", null)],
            server.Events.Select(one => (Encoding.UTF8.GetString(one.Body), one.ContentType, one.PartitionKey, one.Partition)));
    }

    [Fact]
    public async Task Create_ToOnePartition_SendsToItAlone()
    {
        await using var server = await EventHubsServer.StartAsync(Hub);
        await using var binding = Binding(server, ("partitionID", "3"));

        await binding.CreateAsync("1");

        Assert.Equal("3", Assert.Single(server.Events).Partition);
        Assert.Contains("partitionID", await binding.FaultAsync("1", ("partitionKey", "k")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("partitionID", "9", "Event Hubs send: the service answered 400: The specified partition is invalid for an EventHub partition.")]
    [InlineData("eventHub", "other", "Event Hubs send: the service answered 404: The messaging entity could not be found.")]
    public async Task Create_Refused_TellsWhy(string item, string value, string fault)
    {
        await using var server = await EventHubsServer.StartAsync(Hub);
        await using var binding = Binding(server, (item, value));

        Assert.Equal(fault, await binding.FaultAsync("1"));
    }

    [Fact]
    public async Task Create_WrongKey_TellsNoSecret()
    {
        await using var server = await EventHubsServer.StartAsync(Hub);
        await using var binding = Binding(server, ("connectionString", $"Endpoint=http://localhost:{server.HttpPort}/;SharedAccessKeyName=send;SharedAccessKey=wr0ng;EntityPath={Hub}"));

        var fault = await binding.FaultAsync("1");

        Assert.StartsWith("Event Hubs send: the service answered 401: InvalidSignature", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Busy_IsSentAgain_AndInDoubtItIsNot()
    {
        await using var server = await EventHubsServer.StartAsync(Hub);
        await using var binding = Binding(server);

        server.Faults.Inject(HttpFault.Answer(503).With("Retry-After", "0"));
        await binding.CreateAsync("1");
        server.Faults.Inject(HttpFault.ResetAfterCommit);
        var fault = await binding.FaultAsync("2");

        Assert.EndsWith("whether it was executed is unknown", fault, StringComparison.Ordinal);
        Assert.Equal(["1", "2"], server.Events.Select(one => Encoding.UTF8.GetString(one.Body)));
    }

    [Theory]
    [InlineData("the content type can't be sent", "contentType", "application/vnd.microsoft.servicebus.json")]
    [InlineData("the content type can't be sent", "contentType", "a\r\nb: c")]
    public async Task Create_WhatCannotBeSent_IsToldBefore(string fault, string name, string value)
    {
        await using var server = await EventHubsServer.StartAsync(Hub);
        await using var binding = Binding(server);

        Assert.Equal(fault, await binding.FaultAsync("1", (name, value)));
        Assert.Equal("the partition key has 129 characters; Event Hubs takes 128", await binding.FaultAsync("1", ("partitionKey", new string('k', 129))));
        Assert.Equal("the event has 1048579 bytes; Event Hubs takes 1048576", await binding.FaultAsync($"\"{new string('a', 1048577)}\""));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Options_WithoutAHub_AreRefused()
    {
        var fault = Assert.Throws<ComponentException>(() => new EventHubBinding(BindingCalls.Context("bindings.azure.eventhubs", ("connectionString", "Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b"))));

        Assert.Equal("component 'statestore': metadata 'eventHub': expected a value (it is required where the connection string has no EntityPath)", fault.Message);
    }

    private static EventHubBinding Binding(EventHubsServer server, params (string Name, string Value)[] items) =>
        new(BindingCalls.Context("bindings.azure.eventhubs", [("connectionString", server.ConnectionString), ("eventHub", Hub)], items));
}
