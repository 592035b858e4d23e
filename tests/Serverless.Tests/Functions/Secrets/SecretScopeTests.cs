using Serverless.Components.Registry.Resources;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Secrets;

/// <summary>Which secrets the Configuration lets the app read, and what the log may say.</summary>
public sealed class SecretScopeTests
{
    private const string Value = "hunter2-must-stay-secret";

    [Theory]
    [InlineData(true, "", "", "a,b,c")]
    [InlineData(false, "", "", "")]
    [InlineData(false, "a", "", "a")]
    [InlineData(true, "a", "", "a")]
    [InlineData(true, "a", "a", "a")]
    [InlineData(true, "", "a,c", "b")]
    [InlineData(false, "", "a", "")]
    public async Task Scope_OfTheStore_LimitsSingleAndBulk(bool allows, string allowed, string denied, string readable)
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        string[] names = ["a", "b", "c"];
        Array.ForEach(names, name => store.Put(name, (name, "v")));
        server.Limit(new SecretScope("other", false, [], []), new SecretScope("vault", allows, Split(allowed), Split(denied)));

        foreach (var name in names)
        {
            var response = await server.GetAsync($"/v1.0/secrets/vault/{name}");
            Assert.Equal(Split(readable).Contains(name) ? 200 : 403, response.Status);
        }

        var bulk = await server.GetAsync("/v1.0/secrets/vault/bulk");
        Assert.Equal((200, $"{{{string.Join(',', Split(readable).Select(name => $$"""
            "{{name}}":{"{{name}}":"v"}
            """))}}}\n"), (bulk.Status, bulk.Body));
    }

    [Theory]
    [InlineData("k", "k")]
    [InlineData("a%22b%5C%3C%0A%01%C3%A9", """a\\\"b\\\\\u003c\\n\\x01é""")]
    [InlineData("%E2%80%A8%F0%9F%98%80%EE%80%80", """\\u2028😀\\ue000""")]
    public async Task Scope_Denied_QuotesAsGoDoes(string inUrl, string shown)
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        server.Limit(new SecretScope("vault", false, [], []));

        var response = await server.GetAsync($"/v1.0/secrets/vault/{inUrl}");

        Assert.Equal((403, "application/json"), (response.Status, response.ContentType));
        Assert.Equal($$"""{"errorCode":"ERR_PERMISSION_DENIED","message":"access denied by policy to get \"{{shown}}\" from \"vault\""}""", response.Body);
        Assert.Empty(store.Calls);
    }

    [Fact]
    public async Task Scope_UnknownStore_Is401BeforeAnyScope()
    {
        var (server, _) = await SecretServer.StartAsync();
        await using var owned = server;
        server.Limit(new SecretScope("other", false, [], []));

        Assert.Equal(401, (await server.GetAsync("/v1.0/secrets/other/k")).Status);
    }

    [Fact]
    public async Task Scope_Changed_HoldsForTheNextRequest()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.Put("k", ("k", "v"));
        Assert.Equal(200, (await server.GetAsync("/v1.0/secrets/vault/k")).Status);

        server.Limit(new SecretScope("vault", false, [], []));
        Assert.Equal(403, (await server.GetAsync("/v1.0/secrets/vault/k")).Status);

        server.Limit();
        Assert.Equal(200, (await server.GetAsync("/v1.0/secrets/vault/k")).Status);
    }

    [Theory]
    [InlineData(false, "GET /v1.0/secrets/vault/k", "GET /v1.0/secrets/vault/bulk")]
    [InlineData(true, "GetSecret", "GetBulkSecret")]
    public async Task Log_EachCall_HoldsNoValue(bool obfuscates, string one, string bulk)
    {
        var log = new LogCapture();
        var (server, store) = await SecretServer.StartAsync(loggers: log);
        await using var owned = server;
        store.Put("k", ("k", Value));
        server.Configure(ApiServer.Configuration() with { ApiLogging = true, ObfuscateUrls = obfuscates });

        Assert.Contains(Value, (await server.GetAsync("/v1.0/secrets/vault/k?metadata.version_id=7")).Body, StringComparison.Ordinal);
        Assert.Contains(Value, (await server.GetAsync("/v1.0/secrets/vault/bulk")).Body, StringComparison.Ordinal);
        Assert.Equal(500, (await server.GetAsync("/v1.0/secrets/vault/missing")).Status);

        Assert.Equal([one, bulk], log.Fields.Take(2).Select(fields => $"{fields["method"]}"));
        Assert.Equal([200, 200, 500], log.Fields.Select(fields => (int)fields["code"]));
        Assert.DoesNotContain(log.Messages, message => message.Contains(Value, StringComparison.Ordinal));
        Assert.DoesNotContain(log.Fields, fields => fields.Values.Any(value => $"{value}".Contains(Value, StringComparison.Ordinal)));
    }

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
