using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Secrets;
using Serverless.Components.State;
using Serverless.Components.Workflows;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Bindings;
using Serverless.Functions.Health;
using Serverless.Functions.Hosting;
using Serverless.Functions.Hosting.Flags;
using Serverless.Functions.Hosting.Logging;
using Serverless.Functions.Triggers.Generation;
using Serverless.Functions.Workflows;

namespace Serverless.Functions;

/// <summary>The Serverless Dapr application.</summary>
public sealed partial class DaprApp
{
    private const string RuntimeTarget = "dapr-runtime";
    private const string AppTarget = "app";
    private const int Failure = 1;
    private const int Misuse = 2;

    /// <summary>The Functions host never restarts a handler that ended with 0, and takes this one for intended.</summary>
    private const int HostRestart = 200;

    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LastFlushLimit = TimeSpan.FromSeconds(1);

    private readonly string[] _args;
    private readonly ComponentCatalog _catalog = new();
    private readonly HealthTargets _runtimeHealth = new();
    private readonly HealthTargets _outboundHealth = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private AppInputs? _inputs;
    private Lazy<WorkflowHost>? _workflows;

    private DaprApp(string[] args)
    {
        _args = args;
        StateComponents.Register(_catalog);
        SecretComponents.Register(_catalog);
        BindingComponents.Register(_catalog);
        WorkflowComponents.Register(_catalog);
    }

    /// <summary>Creates the app from the command line.</summary>
    public static DaprApp Create(string[] args) => new(args);

    /// <summary>Adds component types of your own.</summary>
    public DaprApp ConfigureComponents(Action<ComponentCatalog> configure)
    {
        configure(_catalog);
        return this;
    }

    /// <summary>Runs until the process is told to stop; returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        if (_args is [GenerateCommand.Name, .. var rest])
        {
            return await GenerateCommand.RunAsync(rest, ApiSurface.TriggerDrafts, Console.Out, Console.Error);
        }

        try
        {
            var line = CommandLine.Parse(_args);
            if (CommandText.For(line) is { } text)
            {
                await Console.Out.WriteAsync(text);
                return 0;
            }

            var web = new ApiHost();
            var environment = ProcessEnvironment.Read();
            var bound = RuntimeOptionsBinder.Bind(line, environment, Environment.CurrentDirectory);
            using var lifetime = new RuntimeLifetime();
            using var signals = new SignalTrap(lifetime);
            return line.Has(CommandFlags.Wait)
                ? await WaitAsync(bound.Options, lifetime)
                : await LogAndServeAsync(bound, environment, lifetime, web);
        }
        catch (FlagException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Misuse;
        }
    }

    private static async Task<int> WaitAsync(RuntimeOptions options, RuntimeLifetime lifetime)
    {
        if (await ReadinessWait.RunAsync(options.HttpPort, WaitLimit, lifetime.Stopping))
        {
            return 0;
        }

        await Console.Error.WriteLineAsync($"nothing is ready on port {options.HttpPort}");
        return Failure;
    }

    private async Task<int> LogAndServeAsync(BoundOptions bound, ProcessEnvironment environment, RuntimeLifetime lifetime, ApiHost web)
    {
        await using var log = RuntimeLog.Open(bound.Options, _time);
        using var watchdog = new ExitWatchdog(lifetime, bound.Options, log.Logger, _time, () => ExitAsync(log, bound.Options, lifetime));
        try
        {
            LogStarting(log.Logger, BuildVersion.Current.Version, BuildVersion.Current.Commit, bound.Options);
            foreach (var notice in bound.Notices)
            {
                LogNotice(log.Logger, notice.Level, notice.Text);
            }

            await ServeAsync(bound.Options, environment, lifetime, log, web);
        }
        catch (OperationCanceledException) when (lifetime.Stopping.IsCancellationRequested)
        {
            // Told to stop while still starting.
        }
        catch (Exception) when (lifetime.HasFailed)
        {
            // Told where it happened.
            return Failure;
        }
        catch (Exception exception)
        {
            Tell(log, exception);
            return Failure;
        }

        LogStopped(log.Logger);
        return ExitCode(bound.Options, lifetime);
    }

    // The one place where a failure becomes a line; only a fault of our own needs its stack.
    private static void Tell(RuntimeLog log, Exception exception)
    {
        var known = StartupFault.Describe(exception);
        LogFailed(log.Logger, known ?? exception.Message, known is null ? exception : null);
    }

    // Whoever asked for the end, with or without force, meant it.
    private static int ExitCode(RuntimeOptions options, RuntimeLifetime lifetime) => options.UnderHost && !lifetime.HasFailed ? HostRestart : lifetime.ExitCode;

    /// <summary>Ends the process while parts of it hang. What was acknowledged is durable by then.</summary>
    private async Task ExitAsync(RuntimeLog log, RuntimeOptions options, RuntimeLifetime lifetime)
    {
        try
        {
            await log.DisposeAsync().AsTask().WaitAsync(LastFlushLimit, _time);
        }
        catch (TimeoutException)
        {
            // Nobody reads stdout.
        }
        finally
        {
            Environment.Exit(ExitCode(options, lifetime));
        }
    }

    private async Task ServeAsync(RuntimeOptions options, ProcessEnvironment environment, RuntimeLifetime lifetime, RuntimeLog log, ApiHost web)
    {
        var leases = new StateLeases(options.AppId, _time);
        var host = new ComponentHost
        {
            AppId = options.AppId,
            Namespace = options.Namespace,
            DefaultSecretStore = ResourceSources.DefaultSecretStore(options, ComponentHost.MountedServiceAccount),
            DataDirectory = options.DataDirectory,
            AllowsEphemeralState = !options.OnPlatform || options.AllowEphemeralState,
            Environment = environment.Find,
            EnvironmentVariables = () => environment.Variables,
            Time = _time,
            Leases = leases,
            LoggerFactory = log.Factory,
        };
        await using var registry = CreateRegistry(host, options);
        var channel = new Lazy<AppChannel?>(() => AppChannel.Create(options));
        await using var inputs = _inputs = AppInputs.Create(channel, options, registry, _time, log.Factory);
        var workflows = _workflows = CreateWorkflows(channel, options, registry, log.Factory);
        leases.UseStoresOf(registry);
        var starting = Task.Run(() => registry.StartAsync(lifetime.Stopping), CancellationToken.None);
        try
        {
            await using var app = await web.BuildAsync(options, log.Factory, lifetime.Stopping);
            app.Run(Surface(channel, options, registry, environment, lifetime, log).CreatePipeline().HandleAsync);
            await starting;
            if (inputs is not null)
            {
                // As in daprd: ready when the app is there too.
                _runtimeHealth.Set(AppTarget, ready: false);
            }

            SetReady(true);
            await app.StartAsync(lifetime.Stopping);
            inputs?.Start(() => _runtimeHealth.Set(AppTarget, ready: true));
            StartWorkflows();
            Summarise(options, ApiHost.Addresses(app), registry.Live.View, log);
            await new GracefulStop(lifetime, options, log.Logger, _time).WaitAndDrainAsync(app, cut =>
            {
                SetReady(false);
                return StopAsync(cut);
            });
        }
        catch (Exception exception) when (!lifetime.Stopping.IsCancellationRequested)
        {
            // Told before the components are closed, because that may hang; the failure also arms the watchdog.
            Tell(log, exception);
            lifetime.RequestFailure(Failure);
            throw;
        }
        finally
        {
            await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await (workflows.IsValueCreated ? workflows.Value.DisposeAsync() : ValueTask.CompletedTask);
        }
    }

    private ApiSurface Surface(Lazy<AppChannel?> channel, RuntimeOptions options, ComponentRegistry registry, ProcessEnvironment environment, RuntimeLifetime lifetime, RuntimeLog log) => new()
    {
        Options = options,
        Registry = registry,
        RuntimeHealth = _runtimeHealth,
        OutboundHealth = _outboundHealth,
        Lifetime = lifetime,
        Environment = environment.Find,
        Delivery = _inputs?.Delivery,
        Loggers = log.Factory,
        App = channel,
        Workflows = options.UnderHost || HasWorkflows ? _workflows!.Value : null,
        FindEngine = (appId, cancellationToken) => _workflows!.Value.FindAsync(appId, cancellationToken),
        Version = BuildVersion.Current.Version,
    };

    private void SetReady(bool ready)
    {
        _runtimeHealth.Set(RuntimeTarget, ready);
        _outboundHealth.Set(RuntimeTarget, ready);
    }

    private ComponentRegistry CreateRegistry(ComponentHost host, RuntimeOptions options) => new(new RegistryOptions
    {
        Catalog = _catalog,
        Host = host,
        Secrets = SecretComponents.LookUpAsync,
        Sources = ResourceSources.Choose(options, host, Environment.CurrentDirectory),
        StartupTimeout = options.StartupTimeout,
        RetryInterval = options.ReconcileInterval,
        Activate = (live, cancellationToken) => HasBackground ? ActivateAsync(live, cancellationToken) : Task.CompletedTask,
        Deactivate = live => HasBackground ? DeactivateAsync(live) : Task.CompletedTask,
        SourceStatusChanged = (source, fault) => _runtimeHealth.Set($"resource-source-{source}", fault is null),
    });

    private static void Summarise(RuntimeOptions options, IReadOnlyCollection<string> addresses, LiveView view, RuntimeLog log)
    {
        if (options.UnderHost || options.LogAsJson)
        {
            var line = StartupSummary.Line(addresses, view);
            LogServing(log.Logger, line);
        }
        else
        {
            log.WriteText(StartupSummary.Text(options, addresses, view));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "starting Serverless Dapr -- version {Version} -- commit {Commit} -- {Options}")]
    private static partial void LogStarting(ILogger logger, string version, string commit, RuntimeOptions options);

    [LoggerMessage(Message = "{Text}")]
    private static partial void LogNotice(ILogger logger, LogLevel level, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Text}")]
    private static partial void LogServing(ILogger logger, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Reason}")]
    private static partial void LogFailed(ILogger logger, string reason, Exception? exception);
}
