using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Registry.Sources;
using Serverless.Components.Sources.AzureBlobs;
using Serverless.Tests.Clients.AzureStorage.Blobs;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Components.Sources;

[Collection(BlobServerUsers.Name)]
public sealed class BlobResourceSourceTests(BlobServer server) : IDisposable
{
    private const int TooLarge = (4 << 20) + 1;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
    private readonly string _data = Directory.CreateTempSubdirectory("source").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _stop.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Blobs_ThatCantBeTaken_HoldUpNoOtherAndKeepWhatTheyGave()
    {
        using var container = await server.ContainerAsync();
        await PutAsync(container, "large.yaml", new byte[TooLarge]);
        await PutAsync(container, "binary.yaml", [0xFF, 0xFE, 0xFD]);
        await PutAsync(container, "good.yaml", Store("good"));
        await using var batches = Open(container.Address);

        Assert.Equal(("Added Component good", null), await NextAsync(batches));

        await PutAsync(container, "good.yaml", [0xFF]);
        await PutAsync(container, "other.yaml", Store("other"));
        Assert.Equal(("Added Component other", null), await NextAsync(batches));

        await container.DeleteAsync("good.yaml", BlobCondition.None, BlobSnapshots.Keep, Token);
        Assert.Equal(("Deleted Component good", null), await NextAsync(batches));
    }

    [Fact]
    public async Task Name_TwiceBeforeAnythingWasTaken_IsAFaultOfTheSource()
    {
        using var container = await server.ContainerAsync();
        await PutAsync(container, "one.yaml", Store("one"));
        await PutAsync(container, "two.yaml", Store("one"));
        await using var proxy = new TcpProxy(server.Server.BlobPort) { IsRefusing = true };
        await using var batches = Open(new UriBuilder(container.Address) { Port = proxy.Port }.Uri);
        var (events, fault) = await NextAsync(batches);
        Assert.StartsWith("Blob Storage", fault, StringComparison.Ordinal);

        proxy.IsRefusing = false;
        while (fault?.StartsWith("Blob Storage", StringComparison.Ordinal) == true)
        {
            (events, fault) = await NextAsync(batches);
        }

        Assert.Equal(("", "duplicate definition of Component name one: in one.yaml and in two.yaml"), (events, fault));
        await container.DeleteAsync("two.yaml", BlobCondition.None, BlobSnapshots.Keep, Token);
        Assert.Equal(("Added Component one", null), await NextAsync(batches));
    }

    [Fact]
    public async Task Container_Emptied_DeletesAll()
    {
        using var container = await server.ContainerAsync();
        await PutAsync(container, "one.yaml", Store("one"));
        await PutAsync(container, "two.yaml", Store("two"));
        await using var batches = Open(container.Address);
        Assert.Equal(("Added Component one, Added Component two", null), await NextAsync(batches));

        await container.DeleteAsync("one.yaml", BlobCondition.None, BlobSnapshots.Keep, Token);
        Assert.Equal(("Deleted Component one", null), await NextAsync(batches));
        await container.DeleteAsync("two.yaml", BlobCondition.None, BlobSnapshots.Keep, Token);
        Assert.Equal(("Deleted Component two", null), await NextAsync(batches));
    }

    [Fact]
    public async Task Copy_WithLastingDamage_IsWrittenOnce()
    {
        using var container = await server.ContainerAsync();
        await PutAsync(container, "one.yaml", [0xFF]);
        await using var batches = Open(container.Address);
        Assert.Equal(("", null), await NextAsync(batches));
        var copy = Assert.Single(Directory.GetFiles(Path.Combine(_data, "resources")));
        File.Delete(copy);

        // The poll that sees the second blob comes after others that saw no change.
        var next = NextAsync(batches);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token);
        Assert.False(File.Exists(copy));
        await PutAsync(container, "two.yaml", Store("two"));
        Assert.Equal(("Added Component two", null), await next);
        Assert.True(File.Exists(copy));
    }

    [Fact]
    public async Task Refusal_ThatLasts_IsToldOnce()
    {
        using var container = await server.ContainerAsync();
        var expired = AzuriteSas.ForAccount(server.Server.Account, server.Server.Key, "rl", "2020-01-01T00:00:00Z");
        var time = new ManualTimeProvider();
        await using var batches = Open(new UriBuilder(container.Address) { Query = expired }.Uri, time);
        Assert.Contains("403", (await NextAsync(batches)).Fault, StringComparison.Ordinal);

        var next = batches.MoveNextAsync();
        for (var poll = 0; poll < 3; poll++)
        {
            // Between two polls there is the timer of the pause; none where a batch is told.
            Assert.True(await Eventually.TrueAsync(() => time.ArmedTimers == 1, TimeSpan.FromSeconds(10), Token));
            time.Advance(Interval);
        }

        Assert.True(await Eventually.TrueAsync(() => time.ArmedTimers == 1, TimeSpan.FromSeconds(10), Token));
        Assert.False(next.IsCompleted);
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task Start_ListedButNotRead_ServesTheCopyInTime()
    {
        static Func<HttpContext, Task> List(int version) => ScriptedBlobs.Answer(200, body:
            $"<EnumerationResults><Blobs><Blob><Name>a.yaml</Name><Properties><Etag>{version}</Etag></Properties></Blob></Blobs><NextMarker/></EnumerationResults>");

        await using var service = await ScriptedBlobs.StartAsync(
            List(1),
            ScriptedBlobs.Answer(200, body: Encoding.UTF8.GetString(Store("a")), headers: ("ETag", "\"1\"")),
            List(2),
            context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        var address = new UriBuilder(service.Client.Address) { Query = "sig=s" }.Uri;
        await using (var before = Open(address))
        {
            Assert.Equal(("Added Component a", null), await NextAsync(before));
        }

        var time = new ManualTimeProvider();
        await using var batches = Open(address, time);
        var first = NextAsync(batches);
        Assert.True(await Eventually.TrueAsync(() => service.Methods.Count == 4, TimeSpan.FromSeconds(10), Token));
        Assert.False(first.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(("Added Component a", "the container was not read within 15 s"), await first);
    }

    [Fact]
    public async Task Documents_OfOtherApps_AreLeftOutAndConfigurationsTaken()
    {
        using var container = await server.ContainerAsync();
        await PutAsync(container, "all.yaml", Encoding.UTF8.GetBytes(
            """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: mine}
            spec: {type: state.in-memory, version: v1}
            scopes: [app]
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: theirs}
            spec: {type: state.in-memory, version: v1}
            scopes: [other]
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: {name: settings}
            spec: {secrets: {scopes: [{storeName: s, defaultAccess: deny}]}}
            """));
        await using var batches = Open(container.Address);

        Assert.Equal(("Added Component mine, Added Configuration settings", null), await NextAsync(batches));
    }

    private static byte[] Store(string name) =>
        Encoding.UTF8.GetBytes($"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec: {{type: state.in-memory, version: v1}}\n");

    private static async Task PutAsync(BlobContainerClient container, string name, byte[] content) =>
        Assert.True((await container.PutAsync(name, new BlobUpload(content), Token)).IsDone);

    private static async Task<(string Events, string? Fault)> NextAsync(IAsyncEnumerator<ResourceBatch> batches)
    {
        Assert.True(await batches.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token));
        return (string.Join(", ", batches.Current.Events.Select(change => $"{change.Kind} {change.Key}")), batches.Current.Fault);
    }

    private IAsyncEnumerator<ResourceBatch> Open(Uri address, TimeProvider? time = null) =>
        BlobResourceSource.Create("container", address.AbsoluteUri, TestHost.Create(time: time) with { DataDirectory = _data }, Interval)
            .ReadAsync(_stop.Token).GetAsyncEnumerator(_stop.Token);
}
