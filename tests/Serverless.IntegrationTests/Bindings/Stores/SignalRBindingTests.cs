using System.Net;
using System.Text.Json.Nodes;
using Serverless.Backends.Faults;
using Serverless.Backends.SignalR;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>bindings.azure.signalr on a protocol server that checks routes and tokens.</summary>
public sealed class SignalRBindingTests : IAsyncLifetime
{
    private const string Message = "{\"target\":\"news\",\"arguments\":[{\"a\":1}]}";
    private SignalRServer? _server;
    private StoreBindingApp? _app;

    private SignalRServer Server => _server!;

    private StoreBindingApp App => _app!;

    public async ValueTask InitializeAsync()
    {
        _server = await SignalRServer.StartAsync();
        _app = await StoreBindingApp.StartAsync(
            ("signalr", "bindings.azure.signalr", [("connectionString", $"Endpoint={_server.Endpoint};AccessKey={SignalRServer.Key};Version=1.0;"), ("hub", "Chat")]),
            ("hubless", "bindings.azure.signalr", [("endpoint", _server.Endpoint + "/"), ("accessKey", SignalRServer.Key)]),
            ("wrong", "bindings.azure.signalr", [("endpoint", _server.Endpoint), ("accessKey", "wr0ng-secret"), ("hub", "chat")]),
            ("nobody", "bindings.azure.signalr", [("endpoint", "http://127.0.0.1:1"), ("accessKey", "k"), ("hub", "chat")]));
    }

    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Create_HubGroupAndUser_TakeTheDocumentedRoutes()
    {
        var all = await App.CallAsync("signalr", "create", Message);
        await App.CallAsync("signalr", "create", Message, ("group", "a/b ?c"), ("user", "left out"));
        await App.CallAsync("signalr", "create", Message, ("user", "ü@x"));
        await App.CallAsync("hubless", "create", Message, ("hub", "OTHER"));

        Assert.Equal((HttpStatusCode.NoContent, ""), (all.Status, all.Text));
        Assert.Equal(["chat/:send", "chat/groups/a%2Fb%20%3Fc/:send", "chat/users/%C3%BC%40x/:send", "other/:send"], Server.Messages.Select(message => message.Path));
        Assert.All(Server.Messages, message => Assert.Equal(Message, message.Body));
    }

    [Fact]
    public async Task ClientNegotiate_WithAndWithoutUser_GivesAddressAndToken()
    {
        var named = JsonNode.Parse((await App.CallAsync("signalr", "clientNegotiate", null, ("user", "u1"))).Text)!;
        var other = JsonNode.Parse((await App.CallAsync("signalr", "clientNegotiate", null, ("hub", "Other"))).Text)!;

        Assert.Equal($"{Server.Endpoint}/client/?hub=chat", (string?)named["url"]);
        var claims = SignalRServer.ReadToken((string)named["accessToken"]!)!;
        Assert.Equal(((string?)named["url"], "u1"), ((string?)claims["aud"]![0], (string?)claims["sub"]));
        Assert.InRange((long)claims["exp"]! - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), 3500, 3600);
        Assert.Equal($"{Server.Endpoint}/client/?hub=other", (string?)other["url"]);
        Assert.Null(SignalRServer.ReadToken((string)other["accessToken"]!)!["sub"]);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Call_Failing_SaysWhy()
    {
        Assert.Equal("missing hub", await App.FailAsync("hubless", "create", Message));
        Assert.Equal("missing hub", await App.FailAsync("hubless", "clientNegotiate"));
        Assert.Equal("binding signalr does not support operation get. supported operations:create clientNegotiate", await App.FailAsync("signalr", "get"));
        Assert.Contains("the service answered 400", await App.FailAsync("signalr", "create", "{}"), StringComparison.Ordinal);
        Assert.Contains("Connection refused", await App.FailAsync("nobody", "create", Message), StringComparison.Ordinal);
        var wrong = await App.FailAsync("wrong", "create", Message);
        Assert.Contains("the service answered 401", wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", wrong + App.Output, StringComparison.Ordinal);
        Assert.Empty(Server.Messages);
    }

    [Fact]
    public async Task Create_StepInTheAddress_ReachesNobody()
    {
        foreach (var (key, value) in new[] { ("group", ".."), ("user", ".."), ("group", "."), ("hub", "..") })
        {
            Assert.Equal($"the {key} '{value}' can't be part of an address", await App.FailAsync("signalr", "create", Message, (key, value)));
        }

        Assert.Empty(Server.Messages);
    }

    [Fact]
    public async Task Create_AnswerLost_FateIsUnknownAndNothingIsSentTwice()
    {
        Server.Faults.Inject(HttpFault.ResetAfterCommit);

        Assert.EndsWith("whether it was executed is unknown", await App.FailAsync("signalr", "create", Message), StringComparison.Ordinal);
        Assert.Single(Server.Messages);
    }

    [Fact]
    public async Task Start_Unusable_NamesTheItems()
    {
        var output = await StoreBindingApp.RefuseAsync("bindings.azure.signalr", ("connectionString", "Endpoint=ftp://x;Version=2.0;AccessKey=n0-secret"));

        Assert.Contains("metadata 'connectionString': expected Version 1.0", output, StringComparison.Ordinal);
        Assert.Contains("metadata 'endpoint': expected an http or https address", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
    }
}
