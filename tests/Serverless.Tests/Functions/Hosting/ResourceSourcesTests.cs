using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Functions.Hosting;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Functions.Hosting;

public sealed class ResourceSourcesTests : IDisposable
{
    private readonly string _current = Directory.CreateTempSubdirectory("resources").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_current, recursive: true);

    private void WriteComponent(string directory, string name)
    {
        Directory.CreateDirectory(Path.Combine(_current, directory));
        File.WriteAllText(Path.Combine(_current, directory, "c.yaml"), $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec: {{type: state.fake}}");
    }

    private async Task<string> ReadAsync(RuntimeOptions options, ComponentHost? host = null)
    {
        var sources = new List<string>();
        foreach (var source in ResourceSources.Choose(options, host ?? TestHost.Create(), _current))
        {
            await foreach (var batch in source.ReadAsync(Token))
            {
                sources.Add($"{source.Name}: {string.Join(',', batch.Events.Select(change => change.Key.Name))}");
                break;
            }
        }

        return string.Join(" < ", sources);
    }

    [Fact]
    public async Task Standalone_Nothing_HasTheBuiltInStore()
    {
        Assert.Equal("built-in: statestore", await ReadAsync(new RuntimeOptions()));
        var batches = ResourceSources.Choose(new RuntimeOptions(), TestHost.Create(), _current)[0].ReadAsync(Token);
        await foreach (var batch in batches)
        {
            var store = Assert.IsType<ComponentDefinition>(Assert.Single(batch.Events).Resource);
            Assert.Equal("state.sqlite", store.Type);
            Assert.Contains(new MetadataItem { Name = "actorStateStore", Value = "true" }, store.Metadata);
        }
    }

    [Fact]
    public async Task Standalone_ComponentsDirectory_IsTheDefault()
    {
        WriteComponent("components", "mine");
        Assert.Equal("resources: mine", await ReadAsync(new RuntimeOptions()));
    }

    [Fact]
    public async Task Standalone_Given_TakesOnlyThoseAsOneSource()
    {
        WriteComponent("components", "default");
        WriteComponent("a", "a");
        WriteComponent("b", "b");
        Assert.Equal("resources: a,b", await ReadAsync(new RuntimeOptions { ResourcesPaths = ["a", "./a", "b"] }));
    }

    [Fact]
    public async Task UnderHost_Package_StandsBelowTheGivenDirectories()
    {
        WriteComponent("root/components", "packaged");
        WriteComponent("components", "ignored");
        WriteComponent("a", "given");
        var hosted = new RuntimeOptions { UnderHost = true, AppRoot = Path.Combine(_current, "root") };
        Assert.Equal("package: packaged", await ReadAsync(hosted));
        Assert.Equal("package: packaged < resources: given", await ReadAsync(hosted with { ResourcesPaths = ["a"] }));
    }

    [Fact]
    public void Containers_Given_StandAboveDirectoriesAndThePackage()
    {
        WriteComponent("root/components", "packaged");
        WriteComponent("a", "given");
        var options = new RuntimeOptions
        {
            UnderHost = true,
            AppRoot = Path.Combine(_current, "root"),
            ResourcesPaths = ["https://account.blob.core.windows.net/one?sig=s", "a", "https://account.blob.core.windows.net/two?sig=s"],
        };

        Assert.Equal(["package", "resources", "container", "container-2"], ResourceSources.Choose(options, TestHost.Create(), _current).Select(source => source.Name));
    }

    [Fact]
    public async Task Kubernetes_MountedServiceAccount_HasABuiltInStoreBelowAllOthers()
    {
        var options = new RuntimeOptions { Mode = "kubernetes" };
        var host = TestHost.Create() with { ServiceAccountDirectory = Path.Combine(_current, "account") };
        Assert.Equal("", ResourceSources.DefaultSecretStore(options, host.ServiceAccountDirectory));
        Directory.CreateDirectory(host.ServiceAccountDirectory);
        await File.WriteAllTextAsync(Path.Combine(host.ServiceAccountDirectory, "token"), "t", Token);

        Assert.Equal("", ResourceSources.DefaultSecretStore(new RuntimeOptions(), host.ServiceAccountDirectory));
        Assert.Equal("", ResourceSources.DefaultSecretStore(options with { NoKubernetesSecrets = true }, host.ServiceAccountDirectory));
        host = host with { DefaultSecretStore = ResourceSources.DefaultSecretStore(options, host.ServiceAccountDirectory) };

        Assert.Equal("kubernetes", host.DefaultSecretStore);
        Assert.Equal("built-in: kubernetes,statestore", await ReadAsync(options, host));
        WriteComponent("a", "given");
        Assert.Equal("built-in: kubernetes < resources: given", await ReadAsync(options with { ResourcesPaths = ["a"] }, host));
        Assert.Equal("built-in: kubernetes", await ReadAsync(options with { UnderHost = true, AppRoot = _current }, host));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task UnderHostOrOnPlatform_Nothing_HasNoBuiltInStore(bool underHost, bool onPlatform) =>
        Assert.Equal("", await ReadAsync(new RuntimeOptions { UnderHost = underHost, OnPlatform = onPlatform, AppRoot = _current }));
}
