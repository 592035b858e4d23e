using System.Text;

namespace Serverless.Components.Registry.Sources;

/// <summary>Notices changes of files by looking at names, sizes and times twice a second.</summary>
/// <remarks>
/// Looking costs some microseconds, and it also sees what file events miss: replaced directories, swapped symbolic links (Kubernetes
/// mounts), network shares; and it can't run out of inotify handles.
/// </remarks>
/// <param name="list">Lists the files to look at; may throw what the file system throws.</param>
/// <param name="time">The clock.</param>
internal sealed class FileWatch(Func<IEnumerable<string>> list, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    /// <summary>Waiting for quiet ends here, so that a file that is written without end is read all the same.</summary>
    private static readonly TimeSpan LongestNoise = TimeSpan.FromMilliseconds(1200);

    private string _seen = "";

    /// <summary>Remembers the state that the next reading will see.</summary>
    public void Mark() => _seen = Look();

    /// <summary>Waits for a change followed by 200 ms of quiet, or for the interval to pass.</summary>
    /// <returns>False when cancelled.</returns>
    public async Task<bool> WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        try
        {
            var begin = time.GetTimestamp();
            var now = _seen;
            while (now == _seen && time.GetElapsedTime(begin) < interval)
            {
                await Task.Delay(Pause, time, cancellationToken);
                now = Look();
            }

            var noise = time.GetTimestamp();
            while (now != _seen && time.GetElapsedTime(noise) < LongestNoise)
            {
                _seen = now;
                await Task.Delay(Quiet, time, cancellationToken);
                now = Look();
            }

            _seen = now;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private string Look()
    {
        var state = new StringBuilder();
        try
        {
            string? directory = null;
            foreach (var path in list())
            {
                if (Path.GetDirectoryName(path) is { } parent && parent != directory)
                {
                    directory = parent;
                    AppendLinks(state, parent);
                }

                var file = new FileInfo(path);
                var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
                state.Append(path).Append('|').Append(target.FullName).Append('|').Append(target.LastWriteTimeUtc.Ticks)
                    .Append('|').Append(target is FileInfo { Exists: true } found ? found.Length : -1).Append('\n');
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            state.Append(exception.GetType().Name);
        }

        return state.ToString();
    }

    // A deployment that swaps a link may bring files of equal size and time.
    private static void AppendLinks(StringBuilder state, string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            if (folder.LinkTarget is { } target)
            {
                state.Append(folder.FullName).Append('>').Append(target).Append('\n');
            }
        }
    }
}
