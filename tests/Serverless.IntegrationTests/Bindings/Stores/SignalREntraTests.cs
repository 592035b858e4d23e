using System.Net;
using System.Text.Json.Nodes;
using Serverless.Backends.SignalR;
using Serverless.Backends.TokenServers;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>bindings.azure.signalr with tokens of Microsoft Entra.</summary>
public sealed class SignalREntraTests
{
    [Fact]
    public async Task Calls_WithAnIdentity_CarryItsTokens()
    {
        using var folder = new TempFolder();
        await using var tokens = await TokenServer.StartAsync();
        await using var server = await SignalRServer.StartAsync();
        server.EntraTokens = () => tokens.IssuedTokens;
        var environment = new Dictionary<string, string>
        {
            ["IDENTITY_ENDPOINT"] = tokens.IdentityEndpoint,
            ["IDENTITY_HEADER"] = tokens.IdentityHeader,
            ["SSL_CERT_FILE"] = folder.Write("authority.pem", server.AuthorityPem),
        };
        await using var app = await StoreBindingApp.StartAsync(
            environment, "signalr", "bindings.azure.signalr", ("connectionString", $"Endpoint={server.SecureEndpoint};AuthType=aad;Version=1.0;"), ("hub", "chat"));

        var send = await app.CallAsync("signalr", "create", "{\"target\":\"t\",\"arguments\":[]}", ("user", "u"));
        var negotiate = await app.CallAsync("signalr", "clientNegotiate", null, ("user", "u&1"));

        Assert.Equal((HttpStatusCode.NoContent, ""), (send.Status, send.Text));
        Assert.Equal("chat/users/u/:send", Assert.Single(server.Messages).Path);
        var answer = JsonNode.Parse(negotiate.Text)!;
        Assert.Equal(($"{server.SecureEndpoint}/client/?hub=chat", "made for u&1 of /api/hubs/chat/:generateToken"), ((string?)answer["url"], (string?)answer["accessToken"]));
        Assert.All(tokens.TokenRequests, request => Assert.Equal("https://signalr.azure.com", request["resource"]));
    }
}
