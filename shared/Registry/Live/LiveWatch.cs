using System.Threading.Channels;

namespace Serverless.Components.Registry.Live;

/// <summary>A picture of the live set and exactly the commits that follow it.</summary>
public sealed class LiveWatch : IDisposable
{
    private readonly Channel<LiveCommit> _commits = Channel.CreateUnbounded<LiveCommit>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<LiveWatch> _cancel;

    internal LiveWatch(LiveView view, Action<LiveWatch> cancel)
    {
        View = view;
        _cancel = cancel;
    }

    /// <summary>The set when the watch began.</summary>
    public LiveView View { get; }

    /// <summary>The commits since, in commit order; ends when the watch is disposed.</summary>
    public ChannelReader<LiveCommit> Commits => _commits.Reader;

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        _cancel(this);
        _commits.Writer.TryComplete();
    }

    internal void Publish(LiveCommit commit) => _commits.Writer.TryWrite(commit);
}
