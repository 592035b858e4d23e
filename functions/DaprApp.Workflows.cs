using System.Text.Json.Serialization.Metadata;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Workflows;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Hosting;
using Serverless.Functions.Samples;
using Serverless.Functions.Workflows;

namespace Serverless.Functions;

/// <content>Workflows of the user's own, and what runs them.</content>
public sealed partial class DaprApp
{
    private WorkflowCatalog? _workflowCatalog;

    /// <summary>Adds a workflow under the name of its type.</summary>
    /// <exception cref="InvalidOperationException">There is a workflow of this name.</exception>
    public DaprApp AddWorkflow<TWorkflow>()
        where TWorkflow : Workflow, new() => ConfigureWorkflows(static catalog => catalog.AddWorkflow<TWorkflow>());

    /// <summary>Adds an activity under the name of its type.</summary>
    /// <exception cref="InvalidOperationException">There is an activity of this name.</exception>
    public DaprApp AddActivity<TActivity>()
        where TActivity : WorkflowActivity, new() => ConfigureWorkflows(static catalog => catalog.AddActivity<TActivity>());

    /// <summary>Adds an activity that is an HTTP endpoint of the app: it gets the input as JSON in a <c>POST</c>, and answers with the result.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="path">The endpoint's path; null for the name.</param>
    /// <exception cref="InvalidOperationException">There is an activity of this name.</exception>
    public DaprApp AddRemoteActivity(string name, string? path = null) => ConfigureWorkflows(catalog => catalog.AddRemoteActivity(name, path));

    /// <summary>Makes types known to the JSON of inputs and outputs: a <c>JsonSerializerContext</c>.</summary>
    public DaprApp UseWorkflowJson(IJsonTypeInfoResolver resolver) => ConfigureWorkflows(catalog => catalog.UseJson(resolver));

    /// <summary>Adds workflows and activities in other ways.</summary>
    public DaprApp ConfigureWorkflows(Action<WorkflowCatalog> configure)
    {
        configure(_workflowCatalog ??= new WorkflowCatalog());
        return this;
    }

    private bool HasWorkflows => _workflowCatalog is { Workflows.Count: > 0 };

    /// <summary>Whether anything passes on with a component.</summary>
    private bool HasBackground => _inputs is not null || _workflows is { IsValueCreated: true };

    /// <summary>What runs workflows; made at once where there are some, else by the first call.</summary>
    private Lazy<WorkflowHost> CreateWorkflows(Lazy<AppChannel?> channel, RuntimeOptions options, ComponentRegistry registry, ILoggerFactory loggers)
    {
        if (options.Samples)
        {
            ConfigureWorkflows(SampleWorkflows.Register);
        }

        _workflowCatalog?.UseLoggers(loggers);
        return new Lazy<WorkflowHost>(() => new WorkflowHost(options, registry, _workflowCatalog, () => CreateActivities(channel, loggers), _time, loggers));
    }

    private RemoteActivities? CreateActivities(Lazy<AppChannel?> channel, ILoggerFactory loggers) =>
        channel.Value is { } app ? new RemoteActivities(app, _time, loggers.CreateLogger("dapr.runtime.workflows")) : null;

    // Nothing is to be done by what is not there.
    private async Task ActivateAsync(LiveComponent live, CancellationToken cancellationToken)
    {
        if (_inputs is { } inputs)
        {
            await inputs.ActivateAsync(live, cancellationToken);
        }

        if (_workflows is { IsValueCreated: true } workflows)
        {
            await workflows.Value.ActivateAsync(live, cancellationToken);
        }
    }

    private async Task DeactivateAsync(LiveComponent live)
    {
        if (_inputs is { } inputs)
        {
            await inputs.DeactivateAsync(live);
        }

        if (_workflows is { IsValueCreated: true } workflows)
        {
            await workflows.Value.DeactivateAsync(live);
        }
    }

    private void StartWorkflows()
    {
        if (HasWorkflows)
        {
            _workflows!.Value.Start();
        }
    }

    /// <summary>Ends what runs, the bindings' readings and the engine; at <paramref name="cut"/> it is cancelled.</summary>
    private Task StopAsync(CancellationToken cut) => Task.WhenAll(
        _inputs?.StopAsync(cut) ?? Task.CompletedTask,
        _workflows?.Value.StopAsync(cut) ?? Task.CompletedTask);
}
