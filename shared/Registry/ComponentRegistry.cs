using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Loading;
using Serverless.Components.Registry.Sources;

namespace Serverless.Components.Registry;

/// <summary>Keeps the live components equal to what the sources say, and gives them out by name.</summary>
/// <remarks>
/// A reload starts the new instance, swaps it in, and disposes the old one when its last call has ended (30 s at most). A component
/// that can't be loaded on a reload leaves the old instance running.
/// </remarks>
public sealed partial class ComponentRegistry : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    /// <summary>What components may take when a late source has used up the start-up timeout.</summary>
    private static readonly TimeSpan LeastLoadingTime = TimeSpan.FromSeconds(5);
    private readonly RegistryOptions _options;
    private readonly ILogger _logger;
    private readonly ComponentLoader _loader;
    private readonly ResourceMerger _merger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly List<SourceReader> _readers = [];
    private readonly List<Task> _background = [];
    private readonly ConcurrentDictionary<string, string> _told = new(StringComparer.Ordinal);

    // By component; touched by one generation at a time.
    private readonly Dictionary<string, Task> _handovers = new(StringComparer.Ordinal);
    private readonly RetiringComponents _retiring;
    private readonly ConcurrentDictionary<string, string> _sourceFaults = new(StringComparer.Ordinal);

    /// <summary>Creates a registry that has read nothing yet.</summary>
    public ComponentRegistry(RegistryOptions options)
    {
        _options = options;
        _logger = options.Host.LoggerFactory.CreateLogger("dapr.runtime.registry");
        _loader = new ComponentLoader(options.Catalog, options.Host, options.Secrets);
        _merger = new ResourceMerger(options.Sources.Count);
        _retiring = new RetiringComponents(DrainLimit, options.Host.Time, _logger);
    }

    /// <summary>The loaded resources.</summary>
    public LiveSet Live { get; } = new();

    /// <summary>The sources that can't be read at present, and why; what they gave before stays.</summary>
    public IEnumerable<KeyValuePair<string, string>> SourceFaults => _sourceFaults;

    /// <summary>Takes the running component of that name for one call. No lock is taken.</summary>
    /// <returns>False when there is none of that name and type.</returns>
    public bool TryAcquire<T>(string name, out ComponentLease<T> lease)
        where T : class, IComponent
    {
        while (true)
        {
            var view = Live.View;
            if (view.Component(name) is not { Instance: T component } live)
            {
                lease = default;
                return false;
            }

            if (live.TryEnter())
            {
                lease = new ComponentLease<T>(live, component);
                return true;
            }

            // Retired between the look-up and the entry: its successor, if any, is in a newer view.
            if (ReferenceEquals(view, Live.View))
            {
                lease = default;
                return false;
            }
        }
    }

    /// <summary>Reads every source once and loads the components; then follows the sources in the background.</summary>
    /// <exception cref="ComponentException">
    /// A source is unusable, or components without <c>ignoreErrors</c> can't be loaded; the message lists them all. A source that
    /// only misses the start-up timeout is marked faulty and served when it arrives.
    /// </exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var begin = _options.Host.Time.GetTimestamp();
        _readers.AddRange(_options.Sources.Select((source, index) => new SourceReader(source, index, _stopping.Token)));
        await ReadSourcesAsync(cancellationToken);
        var left = _options.StartupTimeout - _options.Host.Time.GetElapsedTime(begin);
        using (var deadline = new CancellationTokenSource(left > LeastLoadingTime ? left : LeastLoadingTime, _options.Host.Time))
        {
            await ApplyAsync(touched: null, isStart: true, deadline.Token, cancellationToken);
        }

        var follows = Live.View.Configuration.IsEnabled("HotReload", fallback: true);
        _background.AddRange(_readers.Where(reader => follows || reader.IsBehind).Select(reader => PumpAsync(reader, follows)));
        if (follows)
        {
            _background.Add(RetryAsync());
        }
    }

    /// <summary>Stops following the sources, drains all components, and disposes them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_background);
        await Task.WhenAll(_handovers.Values);
        foreach (var reader in _readers)
        {
            await reader.DisposeAsync();
        }

        Live.Update(transaction =>
        {
            foreach (var entry in Live.View.Resources.Values)
            {
                transaction.Delete(entry.Resource.Key);
                _retiring.Add(entry.Component);
            }
        });
        await _retiring.WhenAllAsync();
        _stopping.Dispose();
        _applying.Dispose();
    }

    private async Task ReadSourcesAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.StartupTimeout, _options.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        _readers.ForEach(reader => _ = reader.FirstAsync());
        foreach (var reader in _readers)
        {
            try
            {
                var first = await reader.FirstAsync().WaitAsync(either.Token);
                reader.IsBehind = first.Fault is not null;
                TellStatus(reader.Name, first.Fault);
                _merger.Apply(reader.Index, first.Events);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                reader.IsLate = reader.IsBehind = true;
                LogLate(_logger, reader.Name);
                TellStatus(reader.Name, "no full sync within the start-up timeout");
            }
        }
    }

    private void TellStatus(string source, string? fault)
    {
        if (fault is null)
        {
            _sourceFaults.TryRemove(source, out _);
        }
        else
        {
            _sourceFaults[source] = fault;
        }

        _options.SourceStatusChanged(source, fault);
    }

    private async Task PumpAsync(SourceReader reader, bool follows)
    {
        try
        {
            if (reader.IsLate)
            {
                await TakeAsync(reader, await reader.FirstAsync().WaitAsync(_stopping.Token));
            }

            // Without hot reload too, a source that could not be read at the start is followed until it could.
            while ((follows || reader.IsBehind) && await reader.NextAsync().WaitAsync(_stopping.Token) is { } batch)
            {
                await TakeAsync(reader, batch);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The registry is stopping.
        }
        catch (Exception exception)
        {
            // A source must not take the others with it; what it gave stays.
            LogSourceFailed(_logger, exception, reader.Name, exception.Message);
            TellStatus(reader.Name, exception.Message);
        }
    }

    private Task TakeAsync(SourceReader reader, ResourceBatch batch) => AloneAsync(() =>
    {
        reader.IsBehind &= batch.Fault is not null;
        TellStatus(reader.Name, batch.Fault);
        var touched = _merger.Apply(reader.Index, batch.Events).Select(change => change.Key).ToHashSet();
        return ApplyAsync(touched, isStart: false, CancellationToken.None, _stopping.Token);
    });

    // What failed may work by now: a file that was locked, a secret that has been added.
    private async Task RetryAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(_options.RetryInterval, _options.Host.Time);
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await AloneAsync(() => ApplyAsync(touched: null, isStart: false, CancellationToken.None, _stopping.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The registry is stopping.
        }
    }

    // One generation at a time.
    private async Task AloneAsync(Func<Task> change)
    {
        await _applying.WaitAsync(_stopping.Token);
        try
        {
            await change();
        }
        finally
        {
            _applying.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "resource source {Source} gave no full sync within the start-up timeout; serving without it")]
    private static partial void LogLate(ILogger logger, string source);

    [LoggerMessage(Level = LogLevel.Error, Message = "resource source {Source} failed: {Fault}")]
    private static partial void LogSourceFailed(ILogger logger, Exception exception, string source, string fault);
}
