using Serverless.Components.Registry;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Bindings;
using Serverless.Functions.Bindings.Events;
using Serverless.Functions.Bindings.Triggers;
using Serverless.Functions.Bindings.Triggers.Generation;
using Serverless.Functions.Health;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;
using Serverless.Functions.Invoke;
using Serverless.Functions.Metadata;
using Serverless.Functions.Secrets;
using Serverless.Functions.Shutdown;
using Serverless.Functions.State;
using Serverless.Functions.Triggers;
using Serverless.Functions.Triggers.Generation;
using Serverless.Functions.Workflows;
using Serverless.Functions.Workflows.Triggers;
using Serverless.Functions.Workflows.Triggers.Generation;

namespace Serverless.Functions;

/// <summary>All API groups of the process, one line per group.</summary>
internal sealed record ApiSurface
{
    public required RuntimeOptions Options { get; init; }

    public required ComponentRegistry Registry { get; init; }

    /// <summary>Behind <c>/v1.0/healthz</c>.</summary>
    public required HealthTargets RuntimeHealth { get; init; }

    /// <summary>Behind <c>/v1.0/healthz/outbound</c>.</summary>
    public required HealthTargets OutboundHealth { get; init; }

    public required RuntimeLifetime Lifetime { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Looks up an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = static _ => null;

    /// <summary>The way of events to the app of a standalone process; null without an app, and behind the Functions host.</summary>
    public BindingDelivery? Delivery { get; init; }

    /// <summary>The way to the app, made when it is first needed; it gives null without an app.</summary>
    public required Lazy<AppChannel?> App { get; init; }

    /// <summary>Runs workflows; null where none are run.</summary>
    public WorkflowHost? Workflows { get; init; }

    /// <summary>Finds the built-in workflow engine for an app id.</summary>
    public required Func<string, CancellationToken, ValueTask<EngineLookup>> FindEngine { get; init; }

    /// <summary>The version that metadata reports.</summary>
    public required string Version { get; init; }

    /// <summary>What <c>generate</c> writes for the components of each group.</summary>
    public static IReadOnlyList<Func<TriggerSource, TriggerDraft?>> TriggerDrafts { get; } = [BindingTriggerTypes.Draft, WorkflowTriggerTypes.Draft];

    /// <summary>Builds the pipeline.</summary>
    /// <exception cref="InvalidOperationException">Routes contradict each other.</exception>
    public RequestPipeline CreatePipeline()
    {
        var host = new Lazy<HostFile>(() => HostFile.Read(Options.AppRoot, Environment));
        var limit = new Lazy<TimeSpan>(() => HostTimeout.Deadline(host.Value));
        var delivery = new Lazy<BindingDelivery>(() => Delivery ?? BindingTriggers.CreateDelivery(App.Value, Registry, limit.Value, Loggers));
        var logger = Loggers.CreateLogger("dapr.runtime.triggers");
        var package = Options.UnderHost ? TriggerFunctions.Read(Options.AppRoot, Environment) : [];
        TriggerSet[] triggers = Options.UnderHost
            ? [BindingTriggers.Create(package, Registry, delivery, limit, logger), .. Workflows is null ? [] : (TriggerSet[])[WorkflowTriggers.Create(package, Registry, Options.AppId, Workflows, host, logger)]]
            : [];
        Array.ForEach(triggers, set => _ = set.Status.WatchAsync(Lifetime.Stopping));
        return new(Options, Registry, Loggers,
        [
            .. new BindingsApi(Registry, Options).Routes,
            .. new EventsApi(Registry, Options, delivery, Loggers).Routes,
            .. new HealthApi(RuntimeHealth, OutboundHealth, Options).Routes,
            .. new InvokeApi(Options).Routes,
            .. new MetadataApi(Registry, Options, Version, () => triggers.SelectMany(static set => set.Status.Items()), Workflows?.HasWorkflows == true).Routes,
            .. new SecretsApi(Registry, Options).Routes,
            .. new ShutdownApi(Lifetime, Options).Routes,
            .. new StateApi(Registry, Options).Routes,
            .. new WorkflowsApi(Registry, Options, FindEngine, Time).Routes,
        ], Options.UnderHost ? new TriggerEndpoints(logger).Create(triggers.SelectMany(static set => set.Handlers)) : null);
    }
}
