using System.Collections.ObjectModel;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Secrets;
using Serverless.Tests.Components.Registry;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Components.Secrets;

public sealed class LocalSecretStoreTests : IDisposable
{
    private static readonly ReadOnlyDictionary<string, string> None = ReadOnlyDictionary<string, string>.Empty;
    private readonly string _file = Path.GetTempFileName();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    private static async Task<ISecretStore> OpenAsync(string type, Dictionary<string, string>? environment, params MetadataValue[] metadata)
    {
        var catalog = new ComponentCatalog();
        SecretComponents.Register(catalog);
        var factory = catalog.Find(new ComponentDefinition { Key = new ResourceKey(ResourceKey.Component, "s"), Hash = "", Origin = "", Type = type });
        var store = (ISecretStore)factory(new ComponentContext { Name = "s", Type = type, Version = "v1", Metadata = new ComponentMetadata("s", metadata), Host = TestHost.Create(environment: environment) });
        await store.InitializeAsync(Token);
        return store;
    }

    private async Task<ISecretStore> OpenFileAsync(string json, params MetadataValue[] metadata)
    {
        await File.WriteAllTextAsync(_file, json, Token);
        return await OpenAsync("secretstores.local.file", null, [new("secretsFile", _file), .. metadata]);
    }

    [Fact]
    public async Task LocalEnv_Get_ReadsWithPrefixAndHidesTheRuntimesOwn()
    {
        var environment = new Dictionary<string, string> { ["P_"] = "0", ["P_A"] = "1", ["P_B"] = "2", ["A"] = "3", ["DAPR_API_TOKEN"] = "x", ["APP_API_TOKEN"] = "y" };
        var prefixed = await OpenAsync("secretstores.local.env", environment, new MetadataValue("prefix", "P_"));
        Assert.Equal("1", (await prefixed.GetAsync("A", None, Token))!["A"]);
        Assert.Equal(["A", "B"], (await prefixed.GetAllAsync(None, Token)).Keys.Order());

        var plain = await OpenAsync("secretstores.local.env", environment);
        Assert.Equal("", (await plain.GetAsync("UNSET", None, Token))!["UNSET"]);
        Assert.Equal("", (await plain.GetAsync("dapr_api_token", None, Token))!["dapr_api_token"]);
        Assert.Equal("", (await plain.GetAsync("APP_API_TOKEN", None, Token))!["APP_API_TOKEN"]);
        Assert.Equal(["A", "P_", "P_A", "P_B"], (await plain.GetAllAsync(None, Token)).Keys.Order());
    }

    [Fact]
    public async Task LocalFile_Nested_IsFlattened()
    {
        var store = await OpenFileAsync("""{"a":"1","b":{"c":{"d":"2"},"n":7},"list":["x","y"]}""");
        Assert.Equal(["a", "b:c:d", "b:n", "list:0", "list:1"], (await store.GetAllAsync(None, Token)).Keys.Order(StringComparer.Ordinal));
        Assert.Equal("2", (await store.GetAsync("b:c:d", None, Token))!["b:c:d"]);
        Assert.Equal("7", (await store.GetAsync("b:n", None, Token))!["b:n"]);
        Assert.Empty(store.Capabilities);
    }

    [Fact]
    public async Task LocalFile_NoSuchSecret_SaysSoAndALookUpTakesItAsAbsent()
    {
        var store = await OpenFileAsync("""{"b":{"c":"2"}}""");

        var fault = await Assert.ThrowsAsync<SecretNotFoundException>(async () => await store.GetAsync("b", None, Token));

        Assert.Equal("secret b not found", fault.Message);
        Assert.Null(await SecretComponents.LookUpAsync(store, "b", Token));
        Assert.Equal("2", (await SecretComponents.LookUpAsync(store, "b:c", Token))!["b:c"]);
    }

    [Fact]
    public async Task LookUp_UnsetVariableOrNoSecretStore_IsAbsentOrRefused()
    {
        var store = await OpenAsync("secretstores.local.env", new() { ["A"] = "1" });

        Assert.Null(await SecretComponents.LookUpAsync(store, "UNSET", Token));
        Assert.Equal("1", (await SecretComponents.LookUpAsync(store, "A", Token))!["A"]);
        await using var other = StateServer.Component("s", new FakeStateStore());
        await Assert.ThrowsAsync<ComponentException>(async () => await SecretComponents.LookUpAsync(other, "A", Token));
    }

    [Fact]
    public async Task LocalFile_OtherSeparator_IsUsed() =>
        Assert.NotNull(await (await OpenFileAsync("""{"b":{"c":"2"}}""", new MetadataValue("nestedSeparator", "."))).GetAsync("b.c", None, Token));

    [Fact]
    public async Task LocalFile_MultiValued_KeepsKeysTogether()
    {
        var store = await OpenFileAsync("""{"a":"1","b":{"c":"2","d":{"e":"3"}}}""", new MetadataValue("multiValued", "true"));
        Assert.Equal(new Dictionary<string, string> { ["c"] = "2", ["d:e"] = "3" }, await store.GetAsync("b", None, Token));
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1" }, await store.GetAsync("a", None, Token));
        Assert.Equal(["MULTIPLE_KEY_VALUES_PER_SECRET"], store.Capabilities);
    }

    [Theory]
    [InlineData("{\"a\": hunter2}", "invalid JSON at line 1")]
    [InlineData("[1]", "expected a JSON object")]
    public async Task LocalFile_Damaged_SaysSoWithoutTheText(string json, string expected)
    {
        var message = (await Assert.ThrowsAsync<ComponentException>(() => OpenFileAsync(json))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LocalFile_Missing_NamesTheItem()
    {
        var message = (await Assert.ThrowsAsync<ComponentException>(() => OpenAsync("secretstores.local.file", null, new MetadataValue("secretsFile", "/absent/file.json")))).Message;
        Assert.Contains("component 's': metadata 'secretsFile'", message, StringComparison.Ordinal);
    }
}
