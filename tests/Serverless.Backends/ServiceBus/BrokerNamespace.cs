namespace Serverless.Backends.ServiceBus;

/// <summary>The queues and topics by their paths, which have no case.</summary>
internal sealed class BrokerNamespace
{
    private const string DeadLetterQueue = "$DeadLetterQueue";
    private readonly Lock _gate = new();
    private readonly Dictionary<string, BrokerQueue> _receivers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (DuplicateFilter Filter, List<BrokerQueue> Queues)> _senders = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _topicNumbers = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;

    public BrokerNamespace(ServiceBusSettings settings)
    {
        _time = settings.Time;
        foreach (var queue in settings.Queues)
        {
            AddQueue(queue);
        }

        foreach (var topic in settings.Topics)
        {
            var subscriptions = topic.Subscriptions.Select(subscription => AddReceiver($"{topic.Name}/subscriptions/{subscription.Name}", subscription)).ToList();
            _senders[topic.Name] = (new DuplicateFilter(topic.DuplicateWindow, _time), subscriptions);
            _topicNumbers[topic.Name] = 0;
        }
    }

    /// <summary>Where messages come from; null when there is no such queue or subscription.</summary>
    public BrokerQueue? FindReceiver(string path)
    {
        lock (_gate)
        {
            return _receivers.GetValueOrDefault(path);
        }
    }

    /// <summary>Makes a queue; false when there is something of that name.</summary>
    public bool AddQueue(QueueSettings queue)
    {
        lock (_gate)
        {
            return !_senders.ContainsKey(queue.Name) && _senders.TryAdd(queue.Name, (new DuplicateFilter(queue.DuplicateWindow, _time), [AddReceiver(queue.Name, queue)]));
        }
    }

    /// <summary>Deletes a queue with its messages.</summary>
    public void RemoveQueue(string name)
    {
        lock (_gate)
        {
            _senders.Remove(name);
            _receivers.Remove(name);
        }
    }

    /// <summary>Adds all of them at once; false when there is no such queue or topic.</summary>
    public bool TrySend(string path, IReadOnlyList<MessageContent> contents)
    {
        lock (_gate)
        {
            if (!_senders.TryGetValue(path, out var target))
            {
                return false;
            }

            var isTopic = _topicNumbers.TryGetValue(path, out var last);
            var admitted = contents.Where(content => target.Filter.Admit(content.MessageId)).ToList();
            var numbers = admitted.ToDictionary(content => content, _ => isTopic ? ++last : 0);
            target.Queues.ForEach(queue => queue.Add(admitted, content => numbers[content]));
            if (isTopic)
            {
                _topicNumbers[path] = last;
            }

            return true;
        }
    }

    private BrokerQueue AddReceiver(string path, QueueSettings settings)
    {
        var dead = new BrokerQueue($"{path}/{DeadLetterQueue}", settings, _time, deadLetters: null);
        _receivers[dead.Path] = dead;
        return _receivers[path] = new BrokerQueue(path, settings, _time, dead);
    }
}
