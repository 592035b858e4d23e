using System.Text.Json.Nodes;
using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire;

/// <summary>What needs more than one fixed answer: the metadata document, races. One subclass for each target.</summary>
public abstract class DocumentTests(int port, string storeType)
{
    /// <summary>The features that the metadata document names, the last of them at its end.</summary>
    private protected virtual IReadOnlyList<string> Features => ["ETAG"];

    /// <summary>The component's version.</summary>
    private protected virtual string Version => "v1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metadata_Document_NamesAppVersionAndStore()
    {
        var document = await MetadataAsync();

        Assert.Equal("app", (string?)document["id"]);
        Assert.NotEmpty((string?)document["runtimeVersion"] ?? "");
        Assert.Equal((string?)document["runtimeVersion"], (string?)document["extended"]!["daprRuntimeVersion"]);
        var store = Assert.Single(document["components"]!.AsArray(), component => (string?)component!["name"] == IWireTarget.StoreName)!;
        Assert.Equal(storeType, (string?)store["type"]);
        Assert.Equal(Version, (string?)store["version"]);
        var capabilities = store["capabilities"]!.AsArray().Select(capability => (string)capability!).ToList();
        Assert.Superset(Features.ToHashSet(), capabilities.ToHashSet());
        Assert.Equal(Features[^1], capabilities[^1]);
    }

    [Fact]
    public async Task Metadata_EmptyMembers_AreLeftOut()
    {
        var document = await MetadataAsync();

        // Go's encoder leaves out empty lists and maps, but sends empty structures.
        string[] structures = ["appConnectionProperties", "workflows"];
        Assert.All(structures, name => Assert.IsType<JsonObject>(document[name]));
        Assert.DoesNotContain(document, member => member.Value is null or JsonArray { Count: 0 } || (member.Value is JsonObject { Count: 0 } && !structures.Contains(member.Key)));
        Assert.False(document.ContainsKey("httpEndpoints"));
        Assert.False(document.ContainsKey("subscriptions"));
    }

    [Theory]
    [InlineData("plain", "plain", "hello")]
    [InlineData("quoted", "quoted", "\"q\"")]
    [InlineData("empty", "empty", "")]
    [InlineData("json", "json", "{\"a\":1}")]
    [InlineData("with%20space%2Fslash", "with space/slash", "x")]
    [InlineData("%C3%BC", "ü", "ü")]
    public async Task Metadata_Put_ShowsUnderExtendedAsItWasSent(string inUrl, string key, string value)
    {
        await WireCheck.SendAllAsync(port, Put($"/v1.0/metadata/{inUrl}", "before", Empty()), Put($"/v1.0/metadata/{inUrl}", value, Empty()));

        Assert.Equal(value, (string?)(await MetadataAsync())["extended"]![key]);
    }

    [Fact]
    public async Task Etag_OfManyWritersWithOneEtag_ExactlyOneSucceeds()
    {
        var names = new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = $"k{Guid.NewGuid():n}" };
        await WireCheck.SendAsync(port, Save("0"), names);
        await WireCheck.SendAsync(port, Read(Bytes("0").Keeping("e")), names);
        var request = SaveItems("""[{"key":"{k}","value":1,"etag":"{e:json}"}]""", Empty()).ToRequest(names);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => RawClient.SendAsync(port, request, Token)));

        Assert.Single(answers, answer => answer.Status == 204);
        Assert.Equal(31, answers.Count(answer => answer.Status == 409));
    }

    private async Task<JsonObject> MetadataAsync()
    {
        var response = await WireCheck.SendAsync(port, Get("/v1.0/metadata", new WireAnswer(200) { ContentType = Json }));
        return JsonNode.Parse(response.Text)!.AsObject();
    }
}
