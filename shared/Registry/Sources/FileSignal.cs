using System.Threading.Channels;

namespace Serverless.Components.Registry.Sources;

/// <summary>Tells that something changed in some directories; changes coalesce into one signal.</summary>
internal sealed class FileSignal : IDisposable
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<FileSystemWatcher> _watchers = [];

    public FileSignal(IEnumerable<string> directories)
    {
        foreach (var directory in directories.Distinct(StringComparer.Ordinal).Where(Directory.Exists))
        {
            var watcher = new FileSystemWatcher(directory) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime | NotifyFilters.DirectoryName };
            watcher.Changed += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Created += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Deleted += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Renamed += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Error += (_, _) => _changes.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
    }

    /// <summary>Waits for a change followed by a quiet time, or for the interval to pass.</summary>
    /// <returns>False when cancelled.</returns>
    public async Task<bool> WaitAsync(TimeSpan interval, TimeSpan quiet, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            if (await ChangedWithinAsync(interval, time, cancellationToken))
            {
                // Bounded, so that a file that is written without end is read all the same.
                for (var i = 0; i < 5 && await ChangedWithinAsync(quiet, time, cancellationToken); i++)
                {
                }
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _watchers.ForEach(watcher => watcher.Dispose());

    private async Task<bool> ChangedWithinAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await _changes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
