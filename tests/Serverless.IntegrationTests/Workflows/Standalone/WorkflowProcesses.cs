using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Workflows.Host;

namespace Serverless.IntegrationTests.Workflows.Standalone;

/// <summary>Standalone processes of tests/Serverless.WorkflowApp that share a store, and may be killed and started again.</summary>
internal sealed class WorkflowProcesses : IAsyncDisposable
{
    private readonly AppProcess?[] _processes;
    private readonly List<ProcessOutput> _outputs = [];
    private readonly AppSettings _settings;

    private WorkflowProcesses(AppSettings settings, int count)
    {
        (_settings, _processes) = (settings, new AppProcess?[count]);
        Client = new WorkflowClient(() => [.. _processes.OfType<AppProcess>().Select(static process => process.Port)]);
    }

    /// <summary>Sends requests to whichever process lives.</summary>
    public WorkflowClient Client { get; }

    /// <summary>What all processes so far wrote, for failure messages.</summary>
    public string Story => string.Join("\n--\n", _outputs.Select(static output => output.Text.Length > 4000 ? output.Text[^4000..] : output.Text));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts so many.</summary>
    public static async Task<WorkflowProcesses> StartAsync(string store, int count)
    {
        var executable = Path.Combine(await PublishedWorkflowApp.FolderAsync(), PublishedWorkflowApp.ExecutableName);
        var processes = new WorkflowProcesses(new AppSettings { Executable = executable, Resources = new Dictionary<string, string> { ["store.yaml"] = store } }, count);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, count).Select(processes.StartAgainAsync));
            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a process by SIGKILL.</summary>
    public async Task KillAsync(int number)
    {
        if (Interlocked.Exchange(ref _processes[number], null) is { } process)
        {
            await process.Process.KillAsync(Token);
            await process.DisposeAsync();
        }
    }

    /// <summary>Starts a process in the place of one that was killed.</summary>
    public async Task StartAgainAsync(int number)
    {
        var process = await AppProcess.StartAsync(_settings, Token);
        lock (_outputs)
        {
            _outputs.Add(process.Output);
        }

        _processes[number] = process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.OfType<AppProcess>())
        {
            await process.DisposeAsync();
        }

        Client.Dispose();
    }
}
