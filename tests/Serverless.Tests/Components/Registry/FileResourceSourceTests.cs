using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Registry.Sources;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.Registry;

public sealed class FileResourceSourceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("resources").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static string Component(string name, string version = "v1", string root = "") =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec: {{type: state.fake, version: {version}}}\n{root}\n";

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_directory, file), text);

    private FileResourceSource Source(ComponentHost? host = null) =>
        FileResourceSource.OfDirectories("resources", host ?? TestHost.Create(), TimeSpan.FromSeconds(60), [_directory]);

    private static async Task<ResourceBatch> NextAsync(IAsyncEnumerator<ResourceBatch> batches)
    {
        Assert.True(await batches.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token));
        return batches.Current;
    }

    [Fact]
    public async Task Read_Directory_TakesYamlFilesOnlyAndNoSubdirectory()
    {
        Write("b.yaml", Component("b1") + "---\n" + Component("b2"));
        Write("a.yml", Component("a"));
        Write("c.txt", Component("c"));
        Write("d.YAML", Component("d"));
        Directory.CreateDirectory(Path.Combine(_directory, "sub"));
        Write("sub/e.yaml", Component("e"));
        await using var batches = Source().ReadAsync(Token).GetAsyncEnumerator(Token);
        var first = await NextAsync(batches);
        Assert.True(first.IsFullSync);
        Assert.Null(first.Fault);
        Assert.Equal(["a", "b1", "b2"], first.Events.Select(change => change.Key.Name));
    }

    [Fact]
    public async Task Read_ScopesAndNamespace_Filter()
    {
        Write("a.yaml", Component("mine", root: "scopes: [app]"));
        Write("b.yaml", Component("theirs", root: "scopes: [other]"));
        Write("c.yaml", Component("elsewhere").Replace("{name: elsewhere}", "{name: elsewhere, namespace: dev}", StringComparison.Ordinal));
        await using var batches = Source(TestHost.Create(@namespace: "prod")).ReadAsync(Token).GetAsyncEnumerator(Token);
        Assert.Equal(["mine"], (await NextAsync(batches)).Events.Select(change => change.Key.Name));
    }

    [Theory]
    [InlineData("", "scopes: [other]", true)]
    [InlineData("scopes: [other]", "", false)]
    public async Task Read_NameTwice_IsRefusedWhenTheFirstIsInScope(string firstScopes, string secondScopes, bool refused)
    {
        Write("a.yaml", Component("same", root: firstScopes));
        Write("b.yaml", Component("same", root: secondScopes));
        await using var batches = Source().ReadAsync(Token).GetAsyncEnumerator(Token);
        if (refused)
        {
            var exception = await Assert.ThrowsAsync<ComponentException>(() => NextAsync(batches));
            Assert.Contains("duplicate definition of Component name same", exception.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Single((await NextAsync(batches)).Events);
        }
    }

    [Fact]
    public async Task Watch_Changes_ComeAsOneOrderedBatch()
    {
        Write("a.yaml", Component("a"));
        Write("b.yaml", Component("b"));
        await using var batches = Source().ReadAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(batches);
        var next = NextAsync(batches);
        Write("c.yaml", Component("c"));
        Write("a.yaml", Component("a", "v2"));
        File.Delete(Path.Combine(_directory, "b.yaml"));
        var batch = await next;
        Assert.False(batch.IsFullSync);
        Assert.Equal(
            [(ResourceEventKind.Deleted, "b"), (ResourceEventKind.Updated, "a"), (ResourceEventKind.Added, "c")],
            batch.Events.Select(change => (change.Kind, change.Key.Name)));
    }

    [Fact]
    public async Task Watch_DamagedFile_KeepsItsLastGoodResourcesAndSaysSo()
    {
        Write("a.yaml", Component("a1") + "---\n" + Component("a2"));
        using var log = new LogCapture();
        await using var batches = Source(TestHost.Create(loggers: log)).ReadAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(batches);
        var next = NextAsync(batches);
        Write("a.yaml", Component("a1", "v2") + "---\n" + Component("a2") + "  broken: [");
        var damaged = await next;
        Assert.Contains(log.Messages, line => line.Contains("a.yaml: invalid YAML", StringComparison.Ordinal));
        Assert.Equal([(ResourceEventKind.Updated, "a1")], damaged.Events.Select(change => (change.Kind, change.Key.Name)));

        next = NextAsync(batches);
        Write("a.yaml", Component("a1", "v2"));
        var mended = await next;
        Assert.Contains(log.Messages, line => line.Contains("is whole again", StringComparison.Ordinal));
        Assert.Equal([(ResourceEventKind.Deleted, "a2")], mended.Events.Select(change => (change.Kind, change.Key.Name)));
    }

    [Fact]
    public async Task Watch_SlowWriter_IsReadOnceItIsQuiet()
    {
        Write("a.yaml", Component("a") + "---\n" + Component("b"));
        await using var batches = Source().ReadAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(batches);
        var next = NextAsync(batches);
        var text = Component("a", "v2") + "---\n" + Component("b", "v2");
        await using (var file = new StreamWriter(Path.Combine(_directory, "a.yaml")) { AutoFlush = true })
        {
            // Truncated at first, then in pieces for most of a second.
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(40));
            foreach (var piece in text.Chunk(text.Length / 15))
            {
                await timer.WaitForNextTickAsync(Token);
                await file.WriteAsync(piece);
            }
        }

        var batch = await next;
        Assert.Equal([(ResourceEventKind.Updated, "a"), (ResourceEventKind.Updated, "b")], batch.Events.Select(change => (change.Kind, change.Key.Name)));
    }

    [Fact]
    public async Task Watch_EmptiedFile_KeepsItsResources()
    {
        Write("a.yaml", Component("a"));
        await using var batches = Source().ReadAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(batches);
        var next = NextAsync(batches);
        Write("a.yaml", "");
        Write("b.yaml", Component("b"));
        Assert.Equal([(ResourceEventKind.Added, "b")], (await next).Events.Select(change => (change.Kind, change.Key.Name)));
    }

    [Fact]
    public async Task Watch_ResourceMovesOutOfADamagedFile_IsTaken()
    {
        Write("a.yaml", Component("a") + "---\n" + Component("x"));
        await using var batches = Source().ReadAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(batches);
        var next = NextAsync(batches);
        Write("a.yaml", Component("a") + "---\nbroken: [");
        Write("b.yaml", Component("x", "v2"));
        Assert.Equal([(ResourceEventKind.Updated, "x")], (await next).Events.Select(change => (change.Kind, change.Key.Name)));
    }

    [Fact]
    public async Task Watch_SwappedSymbolicLink_IsFollowed()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "one"));
        Directory.CreateDirectory(Path.Combine(_directory, "two"));
        Write("one/a.yaml", Component("a"));
        Write("two/a.yaml", Component("a", "v2"));
        var link = Path.Combine(_directory, "current");
        Directory.CreateSymbolicLink(link, "one");
        var source = FileResourceSource.OfDirectories("resources", TestHost.Create(), TimeSpan.FromSeconds(60), [link]);
        await using var batches = source.ReadAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(batches);
        var next = NextAsync(batches);
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, "two");
        Assert.Equal([(ResourceEventKind.Updated, "a")], (await next).Events.Select(change => (change.Kind, change.Key.Name)));
    }

    [Fact]
    public async Task Read_OtherKind_IsSkippedWithADebugLine()
    {
        Write("a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: r}");
        using var log = new LogCapture();
        await using var batches = Source(TestHost.Create(loggers: log)).ReadAsync(Token).GetAsyncEnumerator(Token);
        Assert.Empty((await NextAsync(batches)).Events);
        Assert.Contains(log.Messages, line => line.StartsWith("Debug: a.yaml", StringComparison.Ordinal) && line.Contains("'Resiliency' is skipped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_NameTwice_KeepsEverythingAndSaysSo()
    {
        Write("a.yaml", Component("a"));
        using var log = new LogCapture();
        await using var batches = Source(TestHost.Create(loggers: log)).ReadAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(batches);
        var next = NextAsync(batches);
        Write("b.yaml", Component("a", "v2"));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!log.Messages.Any(line => line.Contains("duplicate definition", StringComparison.Ordinal)))
        {
            await timer.WaitForNextTickAsync(Token);
        }

        Assert.False(next.IsCompleted);
        Write("b.yaml", Component("b"));
        var batch = await next;
        Assert.Equal([(ResourceEventKind.Added, "b")], batch.Events.Select(change => (change.Kind, change.Key.Name)));
    }

    [Fact]
    public async Task Watch_DirectoryGone_IsAFaultUntilItIsBack()
    {
        Write("a.yaml", Component("a"));
        var source = FileResourceSource.OfDirectories("resources", TestHost.Create(), TimeSpan.FromMilliseconds(50), [_directory]);
        await using var batches = source.ReadAsync(Token).GetAsyncEnumerator(Token);
        await NextAsync(batches);
        var next = NextAsync(batches);
        Directory.Move(_directory, _directory + "-moved");
        var gone = await next;
        Assert.Empty(gone.Events);
        Assert.Contains(_directory, gone.Fault, StringComparison.Ordinal);

        next = NextAsync(batches);
        Directory.Move(_directory + "-moved", _directory);
        var back = await next;
        Assert.Empty(back.Events);
        Assert.Null(back.Fault);
    }

    [Fact]
    public async Task Read_MissingDirectory_IsRefused()
    {
        var source = FileResourceSource.OfDirectories("resources", TestHost.Create(), TimeSpan.FromSeconds(60), [Path.Combine(_directory, "absent")]);
        await using var batches = source.ReadAsync(Token).GetAsyncEnumerator(Token);
        Assert.Contains("absent", (await Assert.ThrowsAsync<ComponentException>(() => NextAsync(batches))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigurationFiles_LaterOverridesEarlier_WhateverTheirNames()
    {
        const string Text = "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: same}\nspec: {components: {deny: [NAME]}}";
        Write("z.yaml", Text.Replace("NAME", "first", StringComparison.Ordinal));
        Write("a.yaml", Text.Replace("NAME", "second", StringComparison.Ordinal));
        var source = FileResourceSource.OfConfigurationFiles("config", TestHost.Create(), TimeSpan.FromSeconds(60), [Path.Combine(_directory, "z.yaml"), Path.Combine(_directory, "a.yaml")]);
        await using var batches = source.ReadAsync(Token).GetAsyncEnumerator(Token);
        var configurations = (await NextAsync(batches)).Events.Select(change => change.Resource).OfType<RuntimeConfiguration>();
        Assert.Equal(["second"], RuntimeConfiguration.Merge(configurations).DeniedComponents!);
    }

    [Fact]
    public async Task ConfigurationFiles_Missing_IsRefused()
    {
        var source = FileResourceSource.OfConfigurationFiles("config", TestHost.Create(), TimeSpan.FromSeconds(60), [Path.Combine(_directory, "absent.yaml")]);
        await using var batches = source.ReadAsync(Token).GetAsyncEnumerator(Token);
        Assert.Contains("absent.yaml", (await Assert.ThrowsAsync<ComponentException>(() => NextAsync(batches))).Message, StringComparison.Ordinal);
    }
}
