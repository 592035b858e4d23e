using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Workflows.Host;

/// <summary>A package with workflows, and instances of it, host and handler each, which may be killed and started again.</summary>
/// <remarks>
/// Shortened: the host's lease of a message is 3 s instead of 10 minutes, its pause after a failure 1 s instead of 30 s, an instance counts as dead
/// after 6 s instead of 90 s, and the sweep comes each second instead of each minute, for what has waited for 2 s instead of 30 s.
/// </remarks>
internal sealed class WorkflowHosts : IAsyncDisposable
{
    public const string Storage = "STORAGE";
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly HostSettings _settings;
    private readonly FunctionsHost?[] _hosts;
    private readonly List<HostJournal> _journals = [];
    private Task _sweeping = Task.CompletedTask;

    private WorkflowHosts(HostSettings settings, int count)
    {
        _settings = settings with { ScriptRoot = _folder.Root, RunsTriggers = true };
        _hosts = new FunctionsHost?[count];
        Client = new WorkflowClient(() => [.. _hosts.OfType<FunctionsHost>().Select(static host => host.Port)]);
    }

    /// <summary>Sends requests to whichever instance lives.</summary>
    public WorkflowClient Client { get; }

    /// <summary>The instances that live.</summary>
    public IEnumerable<FunctionsHost> Live => _hosts.OfType<FunctionsHost>();

    /// <summary>What all instances so far did and wrote, for failure messages.</summary>
    public string Story => string.Join("\n--\n", _journals.Select(static journal => string.Join('\n', journal.Events.TakeLast(40)) + "\n" + Tail(journal.HandlerOutput)));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The dispatcher on Azurite's queues.</summary>
    public static string StorageDispatcher(params (string Name, string Value)[] items) =>
        Resources.Component("flows", "workflow.dispatcher.azure.storagequeues", [("heartbeatInterval", "2s"), ("resendAfter", "2s"), .. items]) + $"\n  - name: connectionString\n    envRef: {Storage}\n";

    /// <summary>A state store that keeps the workflows.</summary>
    public static string Store(string type, params (string Name, string Value)[] items) => Resources.Component("flowstore", type, [("actorStateStore", "true"), .. items]);

    /// <summary>Settings with the account of the queues.</summary>
    public static HostSettings Settings(AzuriteServer? storage)
    {
        var settings = new Dictionary<string, string>
        {
            ["AzureFunctionsJobHost__extensions__queues__maxPollingInterval"] = "00:00:00.2",
            ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
            ["APP_ID"] = "flows-app",
        };
        if (storage is not null)
        {
            settings[Storage] = storage.ConnectionString;
        }

        return new HostSettings { ScriptRoot = "", AppSettings = settings, QueueLease = TimeSpan.FromSeconds(3) };
    }

    /// <summary>Publishes, generates, and starts so many instances.</summary>
    public static async Task<WorkflowHosts> StartAsync(HostSettings settings, int count, params string[] components)
    {
        var hosts = new WorkflowHosts(settings, count);
        try
        {
            await PublishedWorkflowApp.CopyToAsync(hosts._folder.Root);
            for (var i = 0; i < components.Length; i++)
            {
                hosts._folder.Write(Path.Combine("components", $"c{i}.yaml"), components[i]);
            }

            await hosts.GenerateAsync();
            await Task.WhenAll(Enumerable.Range(0, count).Select(hosts.StartAgainAsync));
            hosts._sweeping = hosts.SweepAsync();
            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    /// <summary>An instance, host and handler, gets SIGKILL.</summary>
    public async Task KillAsync(int instance)
    {
        if (Interlocked.Exchange(ref _hosts[instance], null) is { } host)
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>A new instance of the same package, in place of one that was killed.</summary>
    public async Task StartAgainAsync(int instance)
    {
        var host = await FunctionsHost.StartAsync(_settings with { Port = FreePort.Next() }, Token);
        lock (_journals)
        {
            _journals.Add(host.Journal);
        }

        _hosts[instance] = host;
        await host.WaitUntilReadyAsync(Token);
    }

    /// <summary>Starts anew what has no handler any more: a host stops for good at its handler's third death.</summary>
    public async Task ReviveAsync()
    {
        for (var i = 0; i < _hosts.Length; i++)
        {
            if (_hosts[i] is { } host && host.Journal.Events is [.., var last] && last.StartsWith("host stopped", StringComparison.Ordinal))
            {
                await KillAsync(i);
                await StartAgainAsync(i);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
#pragma warning disable VSTHRD003 // the loop is ours, started in StartAsync
        await _sweeping;
#pragma warning restore VSTHRD003
        foreach (var host in _hosts.OfType<FunctionsHost>())
        {
            await host.DisposeAsync();
        }

        Client.Dispose();
        _stopping.Dispose();
        _folder.Dispose();
    }

    private static string Tail(string text) => text.Length > 4000 ? text[^4000..] : text;

    // What the platform's timer does each minute on one of the instances.
    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepInterval);
        try
        {
            for (var turn = 0; await timer.WaitForNextTickAsync(_stopping.Token); turn++)
            {
                if (_hosts[turn % _hosts.Length] is { } host && host.Functions.Functions.Any(static function => function.Name == "workflow-sweep"))
                {
                    await SweepAsync(host);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task SweepAsync(FunctionsHost host)
    {
        try
        {
            await host.FireTimerAsync("workflow-sweep", _stopping.Token);
        }
        catch (Exception exception) when (exception is HostException or TimeoutException or ObjectDisposedException or HttpRequestException)
        {
            // It was killed meanwhile.
        }
    }

    private async Task GenerateAsync()
    {
        await using var generate = ChildProcess.Start(_folder.At(PublishedWorkflowApp.ExecutableName), ["generate", "--output", _folder.Root], new Dictionary<string, string>(), _folder.Root);
        var exitCode = await generate.WaitForExitAsync(Token);
        Assert.True(exitCode == 0, generate.Output.Text);
    }
}
