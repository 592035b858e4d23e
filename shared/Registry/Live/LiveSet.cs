using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Live;

/// <summary>
/// The loaded resources as a small transactional store: readers take an immutable picture without a lock, one writer at a
/// time commits all or nothing, and watchers receive the commits in commit order.
/// </summary>
/// <remarks>The shape is that of Swarmkit's object store (View, Update, ViewAndWatch), without its consensus log.</remarks>
public sealed class LiveSet
{
    private readonly Lock _gate = new();
    private readonly List<LiveWatch> _watches = [];
    private LiveView _view = LiveView.Empty;

    /// <summary>The newest committed picture.</summary>
    public LiveView View => Volatile.Read(ref _view);

    /// <summary>Runs one transaction. A transaction without changes commits nothing and publishes nothing.</summary>
    /// <returns>The picture after the commit.</returns>
    /// <exception cref="LiveConflictException">A change was refused; nothing was committed.</exception>
    public LiveView Update(Action<LiveTransaction> change)
    {
        lock (_gate)
        {
            var transaction = new LiveTransaction(_view);
            change(transaction);
            if (transaction.Changes.Count == 0)
            {
                return _view;
            }

            var view = new LiveView(transaction.Version, new Dictionary<ResourceKey, LiveResource>(transaction.Entries));
            Volatile.Write(ref _view, view);

            // Published under the lock, so that the order of events is the order of commits.
            var commit = new LiveCommit(view, transaction.Changes);
            foreach (var watch in _watches)
            {
                watch.Publish(commit);
            }

            return view;
        }
    }

    /// <summary>Takes a picture and subscribes in one step, so that no commit is missed or seen twice.</summary>
    public LiveWatch ViewAndWatch()
    {
        lock (_gate)
        {
            var watch = new LiveWatch(_view, Unsubscribe);
            _watches.Add(watch);
            return watch;
        }
    }

    private void Unsubscribe(LiveWatch watch)
    {
        lock (_gate)
        {
            _watches.Remove(watch);
        }
    }
}
