using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.AzureBlobs;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>design.md §5: what the engine does when its store or its settings change, and when the process ends.</summary>
public sealed class WorkflowReloadTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_Replaced_TheEngineMovesAndComesBack()
    {
        using var folder = new TempFolder();
        await using var process = await StartAsync(folder, ("store.yaml", Sqlite(folder, "a.db")));
        using var app = WorkflowApp.Of(process);
        var id = await app.StartAsync("AwaitEvent");
        await app.WaitAsync(id, "RUNNING");

        folder.Replace("resources/store.yaml", Sqlite(folder, "b.db"));
        Assert.True(await StatusBecomesAsync(app, id, 404), process.Output.Text);
        Assert.Equal("49", await app.RunAsync("TaskChaining", "4"));

        folder.Replace("resources/store.yaml", Sqlite(folder, "a.db"));
        Assert.True(await StatusBecomesAsync(app, id, 200), process.Output.Text);
        await app.AcceptAsync($"/{id}/raiseEvent/Finish", "1");
        await app.WaitAsync(id, "COMPLETED");
    }

    [Fact]
    public async Task Store_Removed_CallsSaySo_AndWorkGoesOnWhenItIsBack()
    {
        using var folder = new TempFolder();
        await using var process = await StartAsync(folder, ("store.yaml", Sqlite(folder, "a.db")));
        using var app = WorkflowApp.Of(process);
        var id = await app.StartAsync("AwaitEvent");

        File.Delete(folder.At("resources", "store.yaml"));
        Assert.True(await StatusBecomesAsync(app, id, 500), process.Output.Text);
        Assert.Contains("ERR_GET_WORKFLOW", (await app.SendAsync("GET", $"/{id}")).Body, StringComparison.Ordinal);
        folder.Replace("resources/other.yaml", Sqlite(folder, "a.db", "other"));
        Assert.True(await StatusBecomesAsync(app, id, 200), process.Output.Text);

        await app.AcceptAsync($"/{id}/raiseEvent/Finish", "1");
        await app.WaitAsync(id, "COMPLETED");
    }

    [Fact]
    public async Task Store_ReplacedUnderLoad_NothingIsLost()
    {
        using var folder = new TempFolder();
        await using var process = await StartAsync(folder, ("store.yaml", Sqlite(folder, "a.db")));
        using var app = WorkflowApp.Of(process);
        var ids = new List<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var watched = await app.StartAsync("AwaitEvent");
        var watching = Task.Run(() => WatchAsync(app, watched, stop.Token), Cancel);
        for (var round = 0; round < 5; round++)
        {
            for (var index = 0; index < 10; index++)
            {
                ids.Add(await app.StartAsync("StatusMonitor", """{"healthyAfter":5,"intervalSeconds":0.05}"""));
            }

            // The same file, and settings that differ: the engine drains and starts anew on it.
            folder.Replace("resources/store.yaml", Sqlite(folder, "a.db") + $"\n  - name: timeoutInSeconds\n    value: \"{20 + round}\"");
            Assert.True(await Eventually.TrueAsync(() => process.Output.Lines.Count(line => line.Contains("component loaded: store", StringComparison.Ordinal)) == round + 2, Promised, Cancel), process.Output.Text);
        }

        await stop.CancelAsync();
        Assert.InRange(await watching, 10, int.MaxValue);
        foreach (var id in ids)
        {
            Assert.Equal("5", WorkflowApp.Property(await app.WaitAsync(id, "COMPLETED"), "output"));
        }
    }

    [Fact]
    public async Task Store_ThatKeepsNoWorkflows_IsA500ThatNamesThoseThatDo()
    {
        await using var server = await AzuriteServer.StartAsync(Cancel);
        using var folder = new TempFolder();
        var blobs = new BlobApp().Store(server, "store", server.BlobPort, server.Key) + "\n  - name: actorStateStore\n    value: \"true\"";
        await using var process = await StartAsync(folder, ("store.yaml", blobs));
        using var app = WorkflowApp.Of(process);

        var (status, body) = await app.SendAsync("POST", "/TaskChaining/start?instanceID=i", "1");

        Assert.Equal(500, status);
        Assert.StartsWith(
            """{"errorCode":"ERR_START_WORKFLOW","message":"error starting workflow 'TaskChaining': unable to start workflow: failed to start workflow: component 'store': type 'state.azure.blobstorage' keeps no workflows; types that do: """,
            body,
            StringComparison.Ordinal);
        Assert.True(process.Output.HasLine("level=error", "workflows do not run: component 'store'"), process.Output.Text);
    }

    [Fact]
    public async Task Retention_Changed_AppliesToWhatEndsFromThenOn()
    {
        using var folder = new TempFolder();
        await using var process = await StartAsync(folder, ("store.yaml", Sqlite(folder, "a.db")), ("config.yaml", Retention("72h")));
        using var app = WorkflowApp.Of(process);
        var kept = await app.StartAsync("TaskChaining", "4");
        await app.WaitAsync(kept, "COMPLETED");
        var failed = await app.StartAsync("NoSuchWorkflow");
        await app.WaitAsync(failed, "FAILED");

        folder.Replace("resources/config.yaml", Retention("0s"));
        Assert.True(
            await Eventually.TrueAsync(
                async () => await StatusBecomesAsync(app, await app.StartAsync("TaskChaining", "4"), 404, TimeSpan.FromSeconds(1)), Promised, Cancel),
            process.Output.Text);

        Assert.Equal(200, (await app.SendAsync("GET", $"/{kept}")).Status);
        Assert.Equal(200, (await app.SendAsync("GET", $"/{failed}")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Process_EndedAndStartedAgain_GoesOn(bool isKilled)
    {
        using var folder = new TempFolder();
        string waiting, timed;
        await using (var process = await StartAsync(folder, ("store.yaml", Sqlite(folder, "a.db"))))
        {
            using var app = WorkflowApp.Of(process);
            waiting = await app.StartAsync("AwaitEvent");
            timed = await app.StartAsync("StatusMonitor", """{"healthyAfter":1,"intervalSeconds":1}""");
            await app.WaitAsync(waiting, "RUNNING");
            await app.WaitAsync(timed, "waits", state => WorkflowApp.Property(state, "custom_status") is not null);
            Assert.Equal(isKilled ? 137 : 0, isKilled ? await process.Process.KillAsync(Cancel) : await process.Process.TerminateAsync(Cancel));
        }

        await using var next = await StartAsync(folder);
        using var again = WorkflowApp.Of(next);
        await again.AcceptAsync($"/{waiting}/raiseEvent/Finish", "1");
        await again.WaitAsync(waiting, "COMPLETED");
        await again.WaitAsync(timed, "COMPLETED");
    }

    [Fact]
    public async Task InMemoryStore_RunsWorkflowsToo()
    {
        using var folder = new TempFolder();
        await using var process = await StartAsync(folder, ("store.yaml", Resources.InMemoryStore("store", ("actorStateStore", "true"))));
        using var app = WorkflowApp.Of(process);

        Assert.Equal("49", await app.RunAsync("TaskChaining", "4"));
    }

    [Theory]
    [InlineData(true, "\"workflows\":{\"connectedWorkers\":1}")]
    [InlineData(false, "\"workflows\":{}")]
    public async Task Metadata_ShowsWhetherWorkflowsRun(bool hasSamples, string expected)
    {
        await using var process = await AppProcess.StartAsync(new AppSettings { Arguments = hasSamples ? WorkflowApp.Samples : [] }, Cancel);
        using var client = process.Client();

        Assert.Contains(expected, await client.GetStringAsync(new Uri("v1.0/metadata", UriKind.Relative), Cancel), StringComparison.Ordinal);
    }

    private static Task<AppProcess> StartAsync(TempFolder folder, params (string Name, string Text)[] resources) => AppProcess.StartAsync(
        new AppSettings { Folder = folder, Arguments = WorkflowApp.Samples, Resources = resources.ToDictionary(item => item.Name, item => item.Text) }, Cancel);

    /// <summary>Reads an instance again and again, which must succeed each time.</summary>
    private static async Task<int> WatchAsync(WorkflowApp app, string id, CancellationToken stop)
    {
        var reads = 0;
        for (; !stop.IsCancellationRequested; reads++)
        {
            await app.GetAsync(id);
        }

        return reads;
    }

    private static string Sqlite(TempFolder folder, string file, string name = "store") =>
        Resources.Component(name, "state.sqlite", ("connectionString", folder.At(file)), ("actorStateStore", "true"));

    private static string Retention(string completed) =>
        $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata: { name: workflows }
        spec:
          workflow: { stateRetentionPolicy: { completed: {{completed}} } }
        """;

    private static Task<bool> StatusBecomesAsync(WorkflowApp app, string id, int status, TimeSpan? limit = null) =>
        Eventually.TrueAsync(async () => (await app.SendAsync("GET", $"/{id}")).Status == status, limit ?? Promised, Cancel);
}
