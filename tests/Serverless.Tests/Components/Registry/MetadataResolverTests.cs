using Serverless.Components.Registry;
using Serverless.Components.Registry.Loading;
using Serverless.Components.Registry.Resources;

namespace Serverless.Tests.Components.Registry;

public sealed class MetadataResolverTests
{
    private static async Task<string?> ResolveAsync(MetadataItem item, Dictionary<string, string>? environment = null)
    {
        var definition = new ComponentDefinition { Key = new ResourceKey(ResourceKey.Component, "c"), Hash = "", Origin = "c.yaml", Type = "state.fake", Metadata = [item], SecretStore = "s" };
        var resolver = new MetadataResolver(
            TestHost.Create(appId: "shop", @namespace: "prod", environment: environment),
            (_, name, _) => ValueTask.FromResult<IReadOnlyDictionary<string, string>?>(name == "known" ? new Dictionary<string, string> { ["key"] = "hunter2" } : null));
        var context = new FakeComponent(null!);
        return (await resolver.ResolveAsync(definition, context, TestContext.Current.CancellationToken)).Value(item.Name);
    }

    [Theory]
    [InlineData("{appID}-x", "shop-x")]
    [InlineData("{namespace}", "prod.shop")]
    [InlineData("{podName}", "pod-7")]
    [InlineData("{other}", "{other}")]
    public async Task Value_Template_IsExpanded(string value, string expected) =>
        Assert.Equal(expected, await ResolveAsync(new MetadataItem { Name = "v", Value = value }, new() { ["POD_NAME"] = "pod-7" }));

    [Fact]
    public async Task Value_Uuid_IsNewEachTime()
    {
        var item = new MetadataItem { Name = "v", Value = "{uuid}" };
        Assert.NotEqual(Guid.Parse((await ResolveAsync(item))!), Guid.Parse((await ResolveAsync(item))!));
    }

    [Fact]
    public async Task Value_PodNameUnset_IsAFault() =>
        Assert.Contains("POD_NAME", (await Assert.ThrowsAsync<ComponentException>(() => ResolveAsync(new MetadataItem { Name = "v", Value = "{podName}" }))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("PLAIN", null, "x")]
    [InlineData("ABSENT", null, "")]
    [InlineData("DAPR_API_TOKEN", null, "")]
    [InlineData("APP_API_TOKEN", null, "")]
    [InlineData("WITH SPACE", null, "")]
    [InlineData("PLAIN", "OTHER THIRD", "")]
    [InlineData("PLAIN", "OTHER PLAIN", "x")]
    public async Task EnvRef_AnyVariable_IsReadOrRefused(string variable, string? allowed, string expected)
    {
        var environment = new Dictionary<string, string> { ["PLAIN"] = "x", ["DAPR_API_TOKEN"] = "secret", ["APP_API_TOKEN"] = "secret", ["WITH SPACE"] = "x" };
        if (allowed is not null)
        {
            environment["DAPR_ENV_KEYS"] = allowed;
        }

        Assert.Equal(expected, await ResolveAsync(new MetadataItem { Name = "v", EnvironmentVariable = variable }, environment));
    }

    [Fact]
    public async Task Secret_Known_IsRead() =>
        Assert.Equal("hunter2", await ResolveAsync(new MetadataItem { Name = "v", SecretName = "known", SecretKey = "key" }));

    [Theory]
    [InlineData("unknown", "key")]
    [InlineData("known", "other")]
    public async Task Secret_Missing_NamesComponentStoreAndKeyButNoValue(string name, string key)
    {
        var message = (await Assert.ThrowsAsync<ComponentException>(() => ResolveAsync(new MetadataItem { Name = "v", SecretName = name, SecretKey = key }))).Message;
        Assert.Equal($"component 'c' (c.yaml): metadata 'v': secret store 's' has no secret '{name}' with key '{key}'", message);
    }
}
