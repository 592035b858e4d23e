using System.Text;
using Serverless.Components.Registry.Resources;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Secrets;

public sealed class SecretsApiTests
{
    [Theory]
    [InlineData("/v1.0/secrets/vault/k")]
    [InlineData("/v1.0/secrets/vault/bulk")]
    public async Task Get_NoStoreAtAll_IsNotConfigured(string path)
    {
        await using var server = await ApiServer.StartAsync();
        StateServer.AddStore(server, "vault", new FakeStateStore());

        var response = await server.GetAsync(path);

        Assert.Equal((500, "application/json"), (response.Status, response.ContentType));
        Assert.Equal("""{"errorCode":"ERR_SECRET_STORES_NOT_CONFIGURED","message":"secret store is not configured"}""", response.Body);
    }

    [Theory]
    [InlineData("/v1.0/secrets/Vault/k", "Vault")]
    [InlineData("/v1.0/secrets/%3Cx%3E/bulk", "\\u003cx\\u003e")]
    public async Task Get_UnknownStore_Is401(string path, string shown)
    {
        var (server, _) = await SecretServer.StartAsync();
        await using var owned = server;

        var response = await server.GetAsync(path);

        Assert.Equal((401, "application/json"), (response.Status, response.ContentType));
        Assert.Equal($$"""{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key {{shown}}"}""", response.Body);
    }

    [Fact]
    public async Task Get_OneKeyOrSeveral_AreAnObjectInNameOrder()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.Put("k", ("k", "v"));
        store.Put("many", ("b", "2"), ("a", "1"), ("B", ""));
        store.Put("none");

        var one = await server.GetAsync("/v1.0/secrets/vault/k");
        Assert.Equal((200, "application/json", "{\"k\":\"v\"}\n"), (one.Status, one.ContentType, one.Body));
        Assert.Equal("{\"B\":\"\",\"a\":\"1\",\"b\":\"2\"}\n", (await server.GetAsync("/v1.0/secrets/vault/many")).Body);
        Assert.Equal("{}\n", (await server.GetAsync("/v1.0/secrets/vault/none")).Body);
    }

    [Fact]
    public async Task Get_AnyText_IsEscapedAsGoDoes()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.Put("k", ("<k>", "é€😀 \"q\" \\ / <>&\u2028\u0000\u0001\n\t\b\f\r\u007f"));

        var response = await server.GetAsync("/v1.0/secrets/vault/k");

        Assert.Equal(
            """{"\u003ck\u003e":"é€😀 \"q\" \\ / \u003c\u003e\u0026\u2028\u0000\u0001\n\t\b\f\r""" + "\u007f\"}\n", response.Body);
        Assert.Equal($"{Encoding.UTF8.GetByteCount(response.Body)}", response.Header("Content-Length"));
    }

    [Fact]
    public async Task Get_NoData_Is204()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.OnGet = _ => null;

        var response = await server.GetAsync("/v1.0/secrets/vault/k");

        Assert.Equal((204, "", null), (response.Status, response.Body, response.ContentType));
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a+b%2Bc", "a b+c")]
    [InlineData("%C3%A9", "é")]
    [InlineData("Bulk", "Bulk")]
    public async Task Get_Name_IsDecodedOnce_AndMetadataIsPassed(string inUrl, string name)
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.Put(name, (name, "v"));

        var response = await server.GetAsync($"/v1.0/secrets/vault/{inUrl}?metadata.version_id=7&metadata.version_id=8&metadata.namespace=a%2Fb&version=9&metadata.version=");

        Assert.Equal(200, response.Status);
        var (asked, metadata) = Assert.Single(store.Calls);
        Assert.Equal(name, asked);
        Assert.Equal([("namespace", "a/b"), ("version", ""), ("version_id", "7")], metadata.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => (item.Key, item.Value)));
    }

    [Fact]
    public async Task Get_MissingOrFailing_IsErrSecretGet()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        var missing = await server.GetAsync("/v1.0/secrets/vault/a%2Fb");
        Assert.Equal((500, """{"errorCode":"ERR_SECRET_GET","message":"failed getting secret with key a/b from secret store vault: secret a/b not found"}"""), (missing.Status, missing.Body));

        store.OnGet = _ => throw new IOException("broken <pipe>");
        var broken = await server.GetAsync("/v1.0/secrets/vault/k");
        Assert.Equal((500, """{"errorCode":"ERR_SECRET_GET","message":"failed getting secret with key k from secret store vault: broken \u003cpipe\u003e"}"""), (broken.Status, broken.Body));

        var bulk = await server.GetAsync("/v1.0/secrets/vault/bulk");
        Assert.Equal((500, """{"errorCode":"ERR_SECRET_GET","message":"failed getting secrets from secret store vault: broken \u003cpipe\u003e"}"""), (bulk.Status, bulk.Body));
    }

    [Fact]
    public async Task Bulk_Secrets_AreObjectsInNameOrder_AlsoOneNamedBulk()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        Assert.Equal((200, "{}\n"), await BulkAsync());

        store.Put("z", ("k2", "<2>"), ("k1", "1"));
        store.Put("bulk", ("bulk", "b"));

        Assert.Equal((200, """{"bulk":{"bulk":"b"},"z":{"k1":"1","k2":"\u003c2\u003e"}}""" + "\n"), await BulkAsync());
        Assert.All(store.Calls, call => Assert.Equal("*", call.Name));

        async Task<(int, string)> BulkAsync()
        {
            var response = await server.GetAsync("/v1.0/secrets/vault/bulk");
            return (response.Status, response.Body);
        }
    }

    [Fact]
    public async Task Bulk_Large_ArrivesWhole()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        var text = new string('x', 20_000);
        for (var i = 0; i < 200; i++)
        {
            store.Put($"s{i}", ("k", text));
        }

        var response = await server.GetAsync("/v1.0/secrets/vault/bulk");

        Assert.Equal(200, System.Text.Json.Nodes.JsonNode.Parse(response.Body)!.AsObject().Count(secret => (string?)secret.Value!["k"] == text));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData(" {\"storeName\":\"other\",\"key\":\"x\",\"metadata\":{\"a\":\"b\"},\"unknown\":[1,{}]} ")]
    [InlineData("{\"store_name\":null,\"metadata\":null}")]
    [InlineData("")]
    public async Task Get_FittingBody_IsWithoutEffect(string body)
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.Put("k", ("k", "v"));

        var response = await server.SendAsync("GET", "/v1.0/secrets/vault/k", body);

        Assert.Equal(200, response.Status);
        Assert.Empty(Assert.Single(store.Calls).Metadata);
        Assert.Equal(200, (await server.SendAsync("GET", "/v1.0/secrets/vault/bulk", body)).Status);
    }

    [Theory]
    [InlineData("{oops", "invalid JSON")]
    [InlineData(" ", "invalid JSON")]
    [InlineData("{} {}", "invalid JSON")]
    [InlineData("[]", "expected a JSON object or no body")]
    [InlineData("null", "expected a JSON object or no body")]
    [InlineData("{\"storeName\":1}", "expected a string for 'storeName'")]
    [InlineData("{\"storeName\":\"a\",\"store_name\":\"a\"}", "'storeName' is given twice")]
    [InlineData("{\"metadata\":[]}", "expected an object of strings for 'metadata'")]
    [InlineData("{\"metadata\":{\"a\":1}}", "expected an object of strings for 'metadata'")]
    [InlineData("{\"\\ud800\":1}", "invalid JSON")]
    public async Task Get_BodyThatDoesNotFit_Is400BeforeTheStoreIsLookedUp(string body, string fault)
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        var expected = (400, $$"""{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: {{fault}}"}""");

        foreach (var path in (string[])["vault/k", "vault/bulk", "unknown/k"])
        {
            var response = await server.SendAsync("GET", $"/v1.0/secrets/{path}", body);
            Assert.Equal(expected, (response.Status, response.Body));
        }

        Assert.Empty(store.Calls);
    }

    [Fact]
    public async Task Get_KeyOfWrongType_IsAFaultForOneSecretOnly()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.Put("k", ("k", "v"));

        Assert.Equal(400, (await server.SendAsync("GET", "/v1.0/secrets/vault/k", "{\"key\":1}")).Status);
        Assert.Equal(200, (await server.SendAsync("GET", "/v1.0/secrets/vault/bulk", "{\"key\":1}")).Status);
    }

    [Fact]
    public async Task Get_BodyTooLarge_IsBodyRead()
    {
        var (server, _) = await SecretServer.StartAsync(new RuntimeOptions { MaxBodySize = 3 });
        await using var owned = server;

        var response = await server.SendAsync("GET", "/v1.0/secrets/vault/k", "{  }");

        Assert.Equal((400, """{"errorCode":"ERR_BODY_READ","message":"failed to read request body: stream too large"}"""), (response.Status, response.Body));
    }

    [Theory]
    [InlineData("POST", "/v1.0/secrets/vault/k")]
    [InlineData("PUT", "/v1.0/secrets/vault/bulk")]
    [InlineData("DELETE", "/v1.0/secrets/vault/k")]
    [InlineData("GET", "/v1.0/secrets/vault")]
    [InlineData("GET", "/v1.0/secrets/vault/a/b")]
    [InlineData("GET", "/v1.0-alpha1/secrets/vault/k")]
    [InlineData("GET", "/v1.0/Secrets/vault/k")]
    public async Task Route_Others_AreDaprs404(string method, string path)
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.Put("k", ("k", "v"));

        var response = await server.SendAsync(method, path);

        Assert.Equal(404, response.Status);
        Assert.StartsWith("""{"errorCode":"ERR_DIRECT_INVOKE",""", response.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1.0/secrets/%zz/k", "secretStoreName")]
    [InlineData("/v1.0/secrets/vault/%zz", "key")]
    public async Task Get_BadEscape_NamesTheParameter(string path, string parameter)
    {
        var (server, _) = await SecretServer.StartAsync();
        await using var owned = server;

        var response = await server.GetAsync(path);

        Assert.Equal(400, response.Status);
        Assert.StartsWith($"failed to unescape request parameter \"{parameter}\". Error: ", response.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets", "v1", 404, 404)]
    [InlineData("state", "v1", 200, 200)]

    // Without its own route the word is a secret's name, as in daprd.
    [InlineData("secrets/{secretStoreName}/bulk", "v1.0", 200, 500)]
    public async Task Rules_Denied_IsNoRoute(string name, string version, int one, int bulk)
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.Put("k", ("k", "v"));
        server.Configure(ApiServer.Configuration() with { DeniedApis = [new ApiRule(name, version, "http")] });

        Assert.Equal(one, (await server.GetAsync("/v1.0/secrets/vault/k")).Status);
        Assert.Equal(bulk, (await server.GetAsync("/v1.0/secrets/vault/bulk")).Status);
    }

    [Fact]
    public async Task Get_WithoutTheToken_Is401InPlainText()
    {
        var (server, store) = await SecretServer.StartAsync(new RuntimeOptions { ApiToken = "t" });
        await using var owned = server;
        store.Put("k", ("k", "v"));

        var refused = await server.GetAsync("/v1.0/secrets/vault/k");

        Assert.Equal((401, "invalid api token\n"), (refused.Status, refused.Body));
        Assert.Equal(200, (await server.GetAsync("/v1.0/secrets/vault/k", "dapr-api-token: t")).Status);
    }

    [Fact]
    public async Task Metadata_Store_ShowsItsCapabilities()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        store.Capabilities = ["MULTIPLE_KEY_VALUES_PER_SECRET"];

        Assert.Contains(
            """{"name":"vault","type":"secretstores.fake","version":"v1","capabilities":["MULTIPLE_KEY_VALUES_PER_SECRET"]}""",
            (await server.GetAsync("/v1.0/metadata")).Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_CallerGoesAway_CancelsTheStore()
    {
        var (server, store) = await SecretServer.StartAsync();
        await using var owned = server;
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        store.Before = async cancellation =>
        {
            await using var registration = cancellation.Register(() => cancelled.TrySetResult());
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        };
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", server.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("GET /v1.0/secrets/vault/k HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await started.Task.WaitAsync(TestContext.Current.CancellationToken);
        }

        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
    }
}
