using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Hosting;

public sealed class ResourceDirectoriesTests : IDisposable
{
    private readonly string _current = Directory.CreateTempSubdirectory("resources").FullName;

    public void Dispose() => Directory.Delete(_current, recursive: true);

    [Fact]
    public void Standalone_NothingGiven_TakesComponentsIfItExists()
    {
        Assert.Empty(ResourceDirectories.Choose(new RuntimeOptions(), _current));
        var components = Directory.CreateDirectory(Path.Combine(_current, "components")).FullName;

        Assert.Equal([components], ResourceDirectories.Choose(new RuntimeOptions(), _current));
    }

    [Fact]
    public void Standalone_Given_TakesOnlyThose()
    {
        Directory.CreateDirectory(Path.Combine(_current, "components"));

        Assert.Equal(
            [Path.Combine(_current, "a")],
            ResourceDirectories.Choose(new RuntimeOptions { ResourcesPaths = ["a", "./a"] }, _current));
    }

    [Fact]
    public void UnderHost_AddsThePackage()
    {
        var root = Directory.CreateDirectory(Path.Combine(_current, "root")).FullName;
        var packaged = Directory.CreateDirectory(Path.Combine(root, "components")).FullName;

        Assert.Equal(
            [packaged, Path.Combine(_current, "a")],
            ResourceDirectories.Choose(new RuntimeOptions { UnderHost = true, AppRoot = root, ResourcesPaths = ["a"] }, _current));
    }
}
