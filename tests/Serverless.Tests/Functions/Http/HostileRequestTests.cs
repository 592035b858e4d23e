using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Resources;
using Serverless.Functions.Http;
using Serverless.Functions.State;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Http;

/// <summary>Broken clients and random input. Seeds are fixed, so a failure repeats.</summary>
public sealed class HostileRequestTests
{
    [Theory]
    [InlineData("POST /v1.0/state/store HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[{\"key\":")]
    [InlineData("POST /v1.0/state/store HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{\"k")]
    [InlineData("PUT /v1.0/metadata/k HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")]
    public async Task AbortedBody_IsSilentAndStoresNothing(string request)
    {
        using var logs = new LogCapture();
        await using var server = await ApiServer.StartAsync(null, logs);
        var store = new FakeStateStore();
        StateServer.AddStore(server, "store", store);
        for (var round = 0; round < 20; round++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
            client.LingerState = new LingerOption(enable: round % 2 == 0, seconds: 0);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        }

        Assert.Equal(200, (await server.GetAsync("/v1.0/metadata")).Status);
        Assert.Empty(store.Sets);
        Assert.DoesNotContain(logs.Messages, message => message.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StoreSwappedDuringTheBody_TheNewOneIsUsed()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync("POST /v1.0/state/store HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 13\r\n\r\n[{"u8.ToArray(), TestContext.Current.CancellationToken);
        var key = new ResourceKey(ResourceKey.Component, "store");
        var old = server.Registry.Live.View.Resources[key];
        var next = new FakeStateStore();
        var definition = StateServer.Definition("store");

        // In one commit, as a reload does it: at no time is there no store.
        server.Registry.Live.Update(live => live.Update(definition, new LiveComponent(definition, StateServer.Component("store", next)), old.Version));
        await old.Component!.RetireAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await stream.WriteAsync("\"key\":\"k\"}]"u8.ToArray(), TestContext.Current.CancellationToken);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, TestContext.Current.CancellationToken);
        Assert.Equal(204, WireResponse.Parse(received.ToArray()).Status);
        Assert.Equal("null", next.Text("app||k"));
    }

    [Fact]
    public async Task RandomTargets_AlwaysGetAnAnswerBelow500OrAKnownError()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var random = new Random(1);
        string[] parts = ["/", "//", "..", ".", "%2F", "%2e", "%", "%zz", "%FF", "+", "v1.0", "state", "store", "k", "invoke", "method", "healthz", "?", "&", "=", "metadata.", "http://", "*", "\\", "|", ";", "#", "~"];
        for (var round = 0; round < 500; round++)
        {
            var target = "/" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
            var response = await server.SendAsync(random.Next(3) switch { 0 => "GET", 1 => "DELETE", _ => "PUT" }, target, random.Next(2) == 0 ? null : "[]");
            Assert.True(response.Status < 500 || !response.Body.Contains("\"ERROR\"", StringComparison.Ordinal), $"{target}: {response.Body}");
        }
    }

    [Fact]
    public void RandomPaths_AreCleanedLikeTheDefinition()
    {
        var random = new Random(2);
        for (var round = 0; round < 5000; round++)
        {
            var path = "/" + string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => "/.ab%"[random.Next(5)]));
            var stack = new List<string>();
            foreach (var segment in path.Split('/').Where(segment => segment is not ("" or ".")))
            {
                if (segment != "..")
                {
                    stack.Add(segment);
                }
                else if (stack.Count > 0)
                {
                    stack.RemoveAt(stack.Count - 1);
                }
            }

            Assert.Equal("/" + string.Join('/', stack), RequestTarget.Clean(path));
        }
    }

    [Fact]
    public void RandomValues_AreCompactedLosslessly()
    {
        var random = new Random(3);
        for (var round = 0; round < 3000; round++)
        {
            var compact = new StringBuilder();
            var spaced = new StringBuilder();
            Generate(random, 4, compact, spaced);
            var items = StateJson.ReadItems(Encoding.UTF8.GetBytes($$"""[{"key":"k","value":{{spaced}}}]"""));
            Assert.Equal(compact.ToString(), Encoding.UTF8.GetString(Assert.Single(items).Value!));
            Assert.True(JsonText.IsWellFormed(items[0].Value));
        }
    }

    [Fact]
    public void MutatedBodies_AreReadOrRefusedWithAReason()
    {
        var random = new Random(4);
        var seed = """[{"key":"k","value":{"a":[1,2.5e3,"x\u00e9\n",null,true]},"etag":"1","metadata":{"m":"v"},"options":{"concurrency":"first-write"}}]"""u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var body = seed.AsSpan(0, random.Next(10) == 0 ? random.Next(seed.Length) : seed.Length).ToArray();
            for (var change = random.Next(4); change > 0 && body.Length > 0; change--)
            {
                body[random.Next(body.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "{}[]\",:\\nul0-"[random.Next(13)]);
            }

            foreach (var read in (Action<byte[]>[])[bytes => StateJson.ReadItems(bytes), bytes => StateJson.ReadTransaction(bytes), bytes => StateJson.ReadBulkGet(bytes)])
            {
                try
                {
                    read(body);
                }
                catch (JsonException exception)
                {
                    Assert.NotEmpty(exception.Message);
                }
            }
        }
    }

    private static void Generate(Random random, int depth, StringBuilder compact, StringBuilder spaced)
    {
        void Both(string text)
        {
            compact.Append(text);
            spaced.Append(text).Append(" \t\r\n"[..random.Next(5)]);
        }

        spaced.Append(" \n"[..random.Next(3)]);
        switch (random.Next(depth > 0 ? 6 : 4))
        {
            case 0:
                Both(random.NextInt64().ToString(CultureInfo.InvariantCulture) + (random.Next(2) == 0 ? "" : ".50E-7"));
                break;
            case 1:
                Both(random.Next(2) == 0 ? "null" : "false");
                break;
            case 2 or 3:
                string[] pieces = [" ", "\\\"", "\\\\", "é", "\\n", "{", "]", ",", "\\u2028", "<"];
                Both($"\"{string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => pieces[random.Next(pieces.Length)]))}\"");
                break;
            case var kind:
                Both(kind == 4 ? "[" : "{");
                for (var (count, index) = (random.Next(4), 0); index < count; index++)
                {
                    if (index > 0)
                    {
                        Both(",");
                    }

                    if (kind == 5)
                    {
                        Both($"\"{index}\"");
                        Both(":");
                    }

                    Generate(random, depth - 1, compact, spaced);
                }

                Both(kind == 4 ? "]" : "}");
                break;
        }
    }
}
