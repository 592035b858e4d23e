using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Serverless.Components.Workflows;

/// <summary>The workflows and activities of an app, by name in any case. Filled at start; then only read.</summary>
public sealed class WorkflowCatalog
{
    private readonly Dictionary<string, Func<Workflow>> _workflows = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RegisteredActivity> _activities = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<IJsonTypeInfoResolver> _resolvers = [];
    private WorkflowJson? _json;

    /// <summary>True when there is a workflow.</summary>
    public bool HasWorkflows => _workflows.Count > 0;

    /// <summary>Names of the workflows.</summary>
    public IReadOnlyCollection<string> Workflows => _workflows.Keys;

    /// <summary>Names of the activities.</summary>
    public IReadOnlyCollection<string> Activities => _activities.Keys;

    /// <summary>Makes the loggers of workflows.</summary>
    internal ILoggerFactory Loggers { get; private set; } = NullLoggerFactory.Instance;

    /// <summary>Turns inputs and outputs into JSON and back.</summary>
    internal WorkflowJson Json => _json ??= new WorkflowJson(_resolvers);

    /// <summary>Adds a workflow under the name of its type.</summary>
    /// <exception cref="InvalidOperationException">There is a workflow of this name.</exception>
    public WorkflowCatalog AddWorkflow<TWorkflow>()
        where TWorkflow : Workflow, new() => AddWorkflow(typeof(TWorkflow).Name, static () => new TWorkflow());

    /// <summary>Adds a workflow under a name; a new one is made for each execution.</summary>
    /// <exception cref="InvalidOperationException">There is a workflow of this name.</exception>
    public WorkflowCatalog AddWorkflow(string name, Func<Workflow> factory)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        return _workflows.TryAdd(name, factory) ? this : throw new InvalidOperationException($"there are two workflows named '{name}'");
    }

    /// <summary>Adds a function as a workflow.</summary>
    /// <exception cref="InvalidOperationException">There is a workflow of this name.</exception>
    public WorkflowCatalog AddWorkflow<TInput, TOutput>(string name, Func<WorkflowContext, TInput, Task<TOutput>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return AddWorkflow(name, () => new DelegateWorkflow<TInput, TOutput>(run));
    }

    /// <summary>Adds an activity under the name of its type.</summary>
    /// <exception cref="InvalidOperationException">There is an activity of this name.</exception>
    public WorkflowCatalog AddActivity<TActivity>()
        where TActivity : WorkflowActivity, new() => AddActivity(typeof(TActivity).Name, static () => new TActivity());

    /// <summary>Adds an activity under a name; a new one is made for each call.</summary>
    /// <exception cref="InvalidOperationException">There is an activity of this name.</exception>
    public WorkflowCatalog AddActivity(string name, Func<WorkflowActivity> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Add(name, new RegisteredActivity(factory, RemotePath: null));
    }

    /// <summary>Adds a function as an activity.</summary>
    /// <exception cref="InvalidOperationException">There is an activity of this name.</exception>
    public WorkflowCatalog AddActivity<TInput, TOutput>(string name, Func<WorkflowActivityContext, TInput, Task<TOutput>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return AddActivity(name, () => new DelegateActivity<TInput, TOutput>(run));
    }

    /// <summary>Adds an activity that is an HTTP endpoint of the app.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="path">The endpoint's path; null for the name.</param>
    /// <exception cref="InvalidOperationException">There is an activity of this name.</exception>
    public WorkflowCatalog AddRemoteActivity(string name, string? path = null) => Add(name, new RegisteredActivity(Factory: null, path ?? name));

    /// <summary>Makes types known to the JSON of inputs, outputs and payloads; what is added first goes first.</summary>
    /// <exception cref="InvalidOperationException">The catalog is in use.</exception>
    public WorkflowCatalog UseJson(IJsonTypeInfoResolver resolver)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        if (_json is not null)
        {
            throw new InvalidOperationException("JSON types must be made known before the first workflow runs");
        }

        _resolvers.Add(resolver);
        return this;
    }

    /// <summary>Where the loggers of workflows write to; without it nowhere.</summary>
    public WorkflowCatalog UseLoggers(ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        Loggers = loggers;
        return this;
    }

    /// <summary>A workflow for one execution; null when the name is not known.</summary>
    internal Workflow? FindWorkflow(string name) => _workflows.TryGetValue(name, out var factory) ? factory() : null;

    /// <summary>An activity; null when the name is not known.</summary>
    internal RegisteredActivity? FindActivity(string name) => _activities.GetValueOrDefault(name);

    private WorkflowCatalog Add(string name, RegisteredActivity activity)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _activities.TryAdd(name, activity) ? this : throw new InvalidOperationException($"there are two activities named '{name}'");
    }
}
