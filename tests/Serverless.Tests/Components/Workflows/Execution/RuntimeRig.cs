using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Execution;
using Serverless.Components.Workflows.Instances;
using Serverless.Components.Workflows.Storage;
using Serverless.Tests.Components.State.Sqlite;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>Runtimes over one SQLite file, as many processes as a test opens.</summary>
internal sealed class RuntimeRig : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SqliteFolder _folder = new();
    private readonly List<WorkflowRuntime> _runtimes = [];

    public WorkflowCatalog Catalog { get; } = Programs.Catalog();

    public WorkflowConfiguration Settings { get; set; } = new();

    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(1);

    public ILoggerFactory? Log { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public WorkflowRuntime First => _runtimes[0];

    public IWorkflowEngine Engine => First.Engine;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public WorkflowRuntimeOptions Options(WorkflowCatalog? catalog = null)
    {
        var context = _folder.Context(Time);
        return new WorkflowRuntimeOptions
        {
            Context = Log is null ? context : context with { Host = context.Host with { LoggerFactory = Log } },
            AppId = "app",
            Catalog = catalog ?? Catalog,
            Settings = () => Settings,
            Heartbeat = Heartbeat,
        };
    }

    /// <summary>Asks the file.</summary>
    public Task<string> QueryAsync(string sql) => _folder.ShellAsync(sql);

    public IWorkflowStore CreateStore() => WorkflowStores.Create(Options().Context, "app");

    public async Task<WorkflowRuntime> OpenAsync(Func<IWorkflowStore, IWorkflowStore>? wrap = null, WorkflowRuntimeOptions? options = null)
    {
        var store = CreateStore();
        var runtime = await WorkflowRuntime.OpenAsync(options ?? Options(), wrap?.Invoke(store) ?? store, Cancellation);
        _runtimes.Add(runtime);
        return runtime;
    }

    public async Task StartAsync(string id, string workflow, string input = "", IWorkflowEngine? engine = null) =>
        Assert.Equal(WorkflowOutcome.Done, await (engine ?? Engine).StartAsync(new WorkflowStart(id, workflow, input), Cancellation));

    /// <summary>Waits until an instance shows something.</summary>
    public async Task<WorkflowState> WhenAsync(string id, Func<WorkflowState, bool> shows, IWorkflowEngine? engine = null)
    {
        var begun = TimeProvider.System.GetTimestamp();
        WorkflowState? state = null;
        while (TimeProvider.System.GetElapsedTime(begun) < Patience)
        {
            state = await (engine ?? Engine).GetAsync(id, Cancellation);
            if (state is not null && shows(state))
            {
                return state;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        }

        throw new TimeoutException($"{id}: {state}");
    }

    public Task<WorkflowState> EndAsync(string id, IWorkflowEngine? engine = null) => WhenAsync(id, state => HasEnded(state.Status), engine);

    /// <summary>Waits until an instance has completed and gives its output.</summary>
    public async Task<string?> OutputAsync(string id, IWorkflowEngine? engine = null)
    {
        var state = await EndAsync(id, engine);
        Assert.True(state.Status == WorkflowRuntimeStatus.Completed, state.ToString());
        return state.Output;
    }

    /// <summary>Starts an instance through an engine that may fail while it does.</summary>
    public static async Task<bool> TryStartAsync(IWorkflowEngine engine, string id, string workflow, string input)
    {
        try
        {
            return await engine.StartAsync(new WorkflowStart(id, workflow, input), Cancellation) is WorkflowOutcome.Done or WorkflowOutcome.IsActive;
        }
        catch (WorkflowEngineException)
        {
            return false;
        }
    }

    /// <summary>Each action of an instance's history has one answer at most, and of an ended one each has one.</summary>
    public static async Task CheckHistoryAsync(string id, IWorkflowEngine engine)
    {
        var history = await engine.GetHistoryAsync(id, Cancellation);
        Assert.NotNull(history);
        foreach (var answers in history.Where(entry => entry.TaskId is not null).GroupBy(entry => entry.TaskId))
        {
            Assert.Single(answers);
        }
    }

    public static bool HasEnded(WorkflowRuntimeStatus status) => status is WorkflowRuntimeStatus.Completed or WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Terminated;

    public async ValueTask DisposeAsync()
    {
        foreach (var runtime in _runtimes)
        {
            await runtime.DisposeAsync();
        }

        _folder.Dispose();
    }
}
