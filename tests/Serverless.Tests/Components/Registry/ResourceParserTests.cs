using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;

namespace Serverless.Tests.Components.Registry;

public sealed class ResourceParserTests
{
    private static readonly ResourceParser Parser = new(name => name == "LEVEL" ? "deny" : null, NullLogger.Instance);

    private static T Parse<T>(string document)
        where T : Resource => Assert.IsType<T>(Parser.Parse(document, "a.yaml")!.Resource);

    [Fact]
    public void Component_Full_IsRead()
    {
        var component = Parse<ComponentDefinition>("""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: statestore, namespace: prod}
            spec:
              type: state.redis
              version: v1
              ignoreErrors: true
              initTimeout: 1m30s
              metadata:
              - name: redisHost
                value: localhost:6379
              - name: redisPassword
                secretKeyRef: {name: redis-secret}
              - name: other
                secretKeyRef: {name: s, key: k}
              - name: fromEnv
                envRef: MY_ENV
              unknown: ignored
            auth: {secretStore: my-secrets}
            scopes: [app1, app2]
            """);
        Assert.Equal(new ResourceKey("Component", "statestore"), component.Key);
        Assert.Equal(("state.redis", "v1", "state"), (component.Type, component.Version, component.Category));
        Assert.True(component.IgnoreErrors);
        Assert.Equal(TimeSpan.FromSeconds(90), component.InitTimeout);
        Assert.Equal("my-secrets", component.SecretStore);
        Assert.Equal(
            [
                new MetadataItem { Name = "redisHost", Value = "localhost:6379" },
                new MetadataItem { Name = "redisPassword", SecretName = "redis-secret", SecretKey = "redis-secret" },
                new MetadataItem { Name = "other", SecretName = "s", SecretKey = "k" },
                new MetadataItem { Name = "fromEnv", EnvironmentVariable = "MY_ENV" },
            ],
            component.Metadata);
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("'5'", "5")]
    [InlineData("true", "true")]
    [InlineData("yes", "true")]
    [InlineData("\"yes\"", "yes")]
    [InlineData("off", "false")]
    [InlineData("0x1F", "31")]
    [InlineData("010", "8")]
    [InlineData("-17", "-17")]
    [InlineData("--5", "--5")]
    [InlineData("+-7", "+-7")]
    [InlineData("1_000", "1000")]
    [InlineData("1.50", "1.5")]
    [InlineData("1.0", "1")]
    [InlineData("1e3", "1000")]
    [InlineData("1e30", "1e+30")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("localhost:6379", "localhost:6379")]
    [InlineData("null", "")]
    [InlineData("~", "")]
    [InlineData("", "")]
    [InlineData("[1, two, 'x\"y', {a: null}]", """[1,"two","x\u0022y",{"a":null}]""")]
    [InlineData("{a: {b: true}, c: 1.5}", """{"a":{"b":true},"c":1.5}""")]
    [InlineData("|\n      line one\n      line two\n", "line one\nline two\n")]
    public void MetadataValue_AnyYaml_IsItsText(string yaml, string expected)
    {
        var component = Parse<ComponentDefinition>($"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: x\nspec:\n  type: state.x\n  metadata:\n  - name: v\n    value: {yaml}\n");
        Assert.Equal(expected, component.Metadata[0].Value ?? "");
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Component\nmetadata: {name: x}")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: x}")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: component\nmetadata: {name: x}")]
    [InlineData("just: yaml")]
    [InlineData("# nothing")]
    public void Document_OtherKind_IsSkipped(string document) => Assert.Null(Parser.Parse(document, "a.yaml"));

    [Theory]
    [InlineData("a: [1, 2", "invalid YAML at line")]
    [InlineData("a: 1\na: 2", "a key is given twice")]
    [InlineData("a: *nowhere", "unknown anchor")]
    [InlineData("a: \"\\UFFFFFFFF\"", "invalid YAML")]
    [InlineData("a: !<> b", "invalid YAML")]
    [InlineData("!!-[", "invalid YAML")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: state.x, initTimeout: 1200h}", "at most 24h")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {}\nspec: {}", "metadata.name")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}", "needs a spec")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: state.x, initTimeout: soon}", "initTimeout")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: state.x, metadata: {a: b}}", "'metadata' must be a list")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: state.x, metadata: [{value: top-secret}]}", "has no name")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: x}\nspec: {secrets: {scopes: [{storeName: s, defaultAccess: maybe}]}}", "defaultAccess")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: x}\nspec: {secrets: {scopes: [{storeName: s}, {storeName: s}]}}", "twice")]
    public void Document_Damaged_SaysWhereWithoutQuotingIt(string document, string expected)
    {
        var exception = Assert.Throws<ComponentException>(() => Parser.Parse(document, "a.yaml"));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Document_NestedWithoutEnd_IsRefused() =>
        Assert.Contains("nested deeper", Assert.Throws<ComponentException>(() => Parser.Parse(new string('[', 5000) + new string(']', 5000), "a.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void MetadataValue_AliasesOfAliases_AreRefused()
    {
        var bomb = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec:\n  type: state.x\n  z0: &z0 [a,a,a,a,a,a,a,a,a,a]\n";
        for (var i = 1; i < 12; i++)
        {
            bomb += $"  z{i}: &z{i} [{string.Join(',', Enumerable.Repeat($"*z{i - 1}", 10))}]\n";
        }

        bomb += "  metadata: [{name: v, value: *z11}]\n";
        Assert.Contains("1 MiB", Assert.Throws<ComponentException>(() => Parser.Parse(bomb, "a.yaml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_Full_IsRead()
    {
        var configuration = Parse<RuntimeConfiguration>("""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: {name: appconfig}
            spec:
              features: [{name: HotReload, enabled: false}]
              secrets: {scopes: [{storeName: vault, defaultAccess: ${LEVEL}, allowedSecrets: [a]}]}
              api: {allowed: [{name: state, version: v1, protocol: http}], denied: [{name: shutdown, version: v1.0}]}
              components: {deny: [bindings.smtp]}
              logging: {apiLogging: {enabled: true, obfuscateURLs: true}}
              tracing: {samplingRate: "1"}
            """);
        Assert.False(configuration.IsEnabled("HotReload", true));
        Assert.Equal([new ApiRule("state", "v1", "http")], configuration.AllowedApis!);
        Assert.Equal([new ApiRule("shutdown", "v1.0", "http")], configuration.DeniedApis!);
        Assert.Equal(["bindings.smtp"], configuration.DeniedComponents!);
        Assert.Equal((true, true, (bool?)null), (configuration.ApiLogging, configuration.ObfuscateUrls, configuration.OmitHealthChecks));
        var scope = Assert.Single(configuration.SecretScopes!);
        Assert.False(scope.AllowsByDefault);
        Assert.True(scope.Allows("a"));
        Assert.False(scope.Allows("b"));
    }

    [Fact]
    public void Configuration_Merged_LaterOverridesEarlier()
    {
        var first = Parse<RuntimeConfiguration>("apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: a}\nspec: {components: {deny: [x]}, features: [{name: A, enabled: true}]}");
        var second = Parse<RuntimeConfiguration>("apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: b}\nspec: {components: {deny: [y]}, features: [{name: B, enabled: true}]}");
        var merged = RuntimeConfiguration.Merge([first, second]);
        Assert.Equal(["y"], merged.DeniedComponents!);
        Assert.True(merged.IsEnabled("A", false));
        Assert.True(merged.IsEnabled("B", false));
    }

    [Theory]
    [InlineData("a: 1\n---\nb: 2\n", 2)]
    [InlineData("---\na: 1\r\n---\r\nb: 2", 2)]
    [InlineData("# comment\n---\n\n---\na: 1\n...\n", 1)]
    [InlineData("a: |\n  text\n  ---\n  more", 1)]
    [InlineData("", 0)]
    public void File_SeveralDocuments_AreSplit(string file, int documents) => Assert.Equal(documents, ResourceText.Split(file).Count());
}
