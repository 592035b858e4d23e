using System.Globalization;
using Serverless.Backends.Apps;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>Several instances of one app with one schedule, each with an app of its own, as with sidecars.</summary>
internal sealed class CronInstances : IAsyncDisposable
{
    private const string Path = "/tick";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly List<AppProcess> _processes = [];
    private readonly List<RecordingApp> _apps = [];

    public IReadOnlyList<AppProcess> Processes => _processes;

    public IReadOnlyList<RecordingApp> Apps => _apps;

    /// <summary>The calls of all apps, by the time that the instance says.</summary>
    public IReadOnlyList<CronCall> Calls => [.. _apps.SelectMany((app, index) => app.Of("POST", Path).Select(call => CronCall.Read(index, call))).OrderBy(call => call.At)];

    /// <summary>The document of a cron component.</summary>
    public static string Cron(string schedule, params (string Name, string Value)[] items) =>
        Resources.Component("tick", "bindings.cron", [("schedule", schedule), ("direction", "input"), .. items]);

    /// <summary>Starts some with the same resources; without a script each app takes every tick.</summary>
    public static async Task<CronInstances> StartAsync(
        int count, IReadOnlyDictionary<string, string> resources, Func<AppRequest, CancellationToken, Task<AppReply>>? script, CancellationToken cancellationToken)
    {
        var instances = new CronInstances();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, count).Select(_ => instances.AddAsync(resources, script, cancellationToken)));
            return instances;
        }
        catch
        {
            await instances.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the apps got so many calls.</summary>
    public Task CalledAsync(int count, CancellationToken cancellationToken) =>
        Eventually.MustAsync($"{count} ticks at the apps", () => Task.FromResult(Calls.Count >= count), Limit, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }
    }

    private async Task AddAsync(IReadOnlyDictionary<string, string> resources, Func<AppRequest, CancellationToken, Task<AppReply>>? script, CancellationToken cancellationToken)
    {
        var app = await RecordingApp.StartAsync();
        app.Script = script ?? app.Script;
        var process = await AppProcess.StartAsync(
            new AppSettings { Resources = resources, Arguments = ["--app-port", app.Port.ToString(CultureInfo.InvariantCulture)] }, cancellationToken);
        lock (_apps)
        {
            _apps.Add(app);
            _processes.Add(process);
        }
    }
}
