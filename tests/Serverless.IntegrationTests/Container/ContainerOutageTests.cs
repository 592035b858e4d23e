using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Container;

/// <summary>design.md §2, §5: a container that can't be reached.</summary>
public sealed class ContainerOutageTests(ContainerFixture fixture) : IClassFixture<ContainerFixture>, IAsyncLifetime
{
    private AzuriteContainer _container = null!;
    private TcpProxy _proxy = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Address => $"http://127.0.0.1:{_proxy.Port}/{fixture.Server.Account}/{_container.Name}";

    public async ValueTask InitializeAsync()
    {
        _container = await fixture.CreateContainerAsync();
        await _container.PutAsync("one.yaml", Resources.InMemoryStore("one"), Token);
        _proxy = new TcpProxy(fixture.Server.BlobPort);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _container.Dispose();
    }

    [Fact]
    public async Task Outage_AtRunTime_LastGoodStaysAndIsToldUntilItIsOver()
    {
        await using var app = await ContainerApp.StartAsync(Address);
        await app.SourceIsAsync(well: true);

        Cut(true);
        await app.SourceIsAsync(well: false, "Blob Storage");
        await app.AnswersAsync("one", 204);

        await _container.PutAsync("two.yaml", Resources.InMemoryStore("two"), Token);
        Cut(false);
        await app.SourceIsAsync(well: true);
        await app.AnswersAsync("two", 204);
        await app.AnswersAsync("one", 204);
    }

    [Fact]
    public async Task Outage_AtStart_ServesWhatWasSavedHere()
    {
        using var folder = new TempFolder();
        await using (var app = await ContainerApp.StartAsync(Address, new AppSettings { Folder = folder }))
        {
            await app.AnswersAsync("one", 204);
        }

        Cut(true);
        await using var again = await ContainerApp.LaunchAsync(Address, new AppSettings { Folder = folder });
        await again.ListensAsync();

        await again.AnswersAsync("one", 204);
        await again.SourceIsAsync(well: false, "Blob Storage");
        await _container.DeleteAsync("one.yaml", Token);
        Cut(false);
        await again.SourceIsAsync(well: true);
        await again.AnswersAsync("one", 400, 500);
    }

    [Fact]
    public async Task Outage_AtStartWithNothingSaved_ServesTheRestAndCatchesUp()
    {
        Cut(true);
        var settings = new AppSettings { Resources = new Dictionary<string, string> { ["local.yaml"] = Resources.InMemoryStore("local") } };
        await using var app = await ContainerApp.LaunchAsync(Address, settings);
        await app.ListensAsync();

        await app.AnswersAsync("local", 204);
        await app.AnswersAsync("one", 400);
        await app.SourceIsAsync(well: false, "Blob Storage");

        Cut(false);
        await app.SourceIsAsync(well: true);
        await app.AnswersAsync("one", 204);
    }

    [Fact]
    public async Task Container_DeletedAndMadeAgain_LastGoodStays()
    {
        await using var app = await ContainerApp.StartAsync(Address);

        await _container.DeleteAsync(Token);
        await app.SourceIsAsync(well: false, "there is no container", _container.Name);
        await app.AnswersAsync("one", 204);

        using var made = await AzuriteContainer.CreateAsync(fixture.Server, _container.Name, Token);
        await made.PutAsync("two.yaml", Resources.InMemoryStore("two"), Token);
        await app.SourceIsAsync(well: true);
        await app.AnswersAsync("two", 204);
        await app.AnswersAsync("one", 400);
    }

    [Fact]
    public async Task Instances_ChangesUnderLoad_AllFollowAndNoRequestFails()
    {
        const int Instances = 3;
        var apps = new List<ContainerApp>();
        try
        {
            for (var i = 0; i < Instances; i++)
            {
                apps.Add(await ContainerApp.StartAsync(Address));
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var readers = apps.Select(app => Task.Run(() => ReadAsync(app, stop.Token), Token)).ToList();
            for (var round = 0; round < 4; round++)
            {
                var type = round % 2 == 0 ? "state.sqlite" : "state.in-memory";
                await _container.PutAsync("one.yaml", Resources.Component("one", type, type == "state.sqlite" ? [("connectionString", $"round{round}.db")] : []), Token);
                await Task.WhenAll(apps.Select(app => app.HasTypeAsync("one", type)));
            }

            await stop.CancelAsync();
            var counts = await Task.WhenAll(readers);
            Assert.All(counts, count => Assert.Equal(0, count.Failed));
            Assert.All(counts, count => Assert.True(count.Served > 100, "the load should be a load"));
        }
        finally
        {
            foreach (var app in apps)
            {
                await app.DisposeAsync();
            }
        }
    }

    // The component that changes is the one that is read: the old instance serves until the new one does.
    private static async Task<(int Served, int Failed)> ReadAsync(ContainerApp app, CancellationToken stop)
    {
        var (served, failed) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            var response = await RawClient.SendAsync(app.App.Port, new RawRequest("GET", "/v1.0/state/one/nothing"), Token);
            served++;
            failed += response.Status == 204 ? 0 : 1;
        }

        return (served, failed);
    }

    private void Cut(bool isCut)
    {
        _proxy.IsRefusing = isCut;
        if (isCut)
        {
            _proxy.CutAll();
        }
    }
}
