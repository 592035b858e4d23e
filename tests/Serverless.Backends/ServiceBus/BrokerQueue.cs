namespace Serverless.Backends.ServiceBus;

/// <summary>A queue, a subscription, or the dead letters of one.</summary>
internal sealed class BrokerQueue
{
    // A timer can't be set for as long as a message may live.
    private static readonly TimeSpan LongestAlarm = TimeSpan.FromDays(1);
    private readonly QueueSettings _settings;
    private readonly TimeProvider _time;
    private readonly BrokerQueue? _deadLetters;
    private readonly ITimer _alarm;
    private readonly Lock _gate = new();
    private readonly List<BrokerMessage> _messages = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastSequenceNumber;

    public BrokerQueue(string path, QueueSettings settings, TimeProvider time, BrokerQueue? deadLetters)
    {
        Path = path;
        _settings = settings;
        _time = time;
        _deadLetters = deadLetters;
        _alarm = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Path { get; }

    public EntityCounts Count()
    {
        lock (_gate)
        {
            Sweep();
            return new EntityCounts(
                _messages.Count(message => message is { LockToken: null, ScheduledAt: null }),
                _messages.Count(message => message.LockToken is not null),
                _messages.Count(message => message.ScheduledAt is not null),
                _deadLetters?.Count().Active ?? 0);
        }
    }

    public void Add(IEnumerable<MessageContent> contents, Func<MessageContent, long> enqueuedSequenceNumber)
    {
        lock (_gate)
        {
            foreach (var content in contents)
            {
                var now = _time.GetUtcNow();
                var isLater = content.ScheduledAt > now;
                var start = isLater ? content.ScheduledAt!.Value : now;
                var life = content.TimeToLive is { } own && !(own > _settings.TimeToLive) ? own : _settings.TimeToLive;
                _messages.Add(new BrokerMessage(content, ++_lastSequenceNumber)
                {
                    EnqueuedSequenceNumber = enqueuedSequenceNumber(content),
                    EnqueuedAt = start,
                    ExpiresAt = start + life,
                    ScheduledAt = isLater ? start : null,
                });
            }

            Signal();
        }
    }

    /// <summary>The oldest message that can be had, locked or for good; null when none came in time.</summary>
    public async Task<Delivery?> TakeAsync(bool isLocked, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var elapsed = Task.Delay(timeout, _time, limit.Token);
        while (true)
        {
            Task changed;
            Delivery? delivery;
            lock (_gate)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Sweep();
                delivery = _messages.Find(candidate => candidate is { LockToken: null, ScheduledAt: null }) is { } message ? Deliver(message, isLocked) : null;
                changed = _changed.Task;
            }

            if (delivery is not null || elapsed.IsCompleted)
            {
                await limit.CancelAsync();
                return delivery;
            }

            await Task.WhenAny(changed, elapsed);
        }
    }

    public bool Renew(string id, string token) => Settle(id, token, message => message.LockedUntil = _time.GetUtcNow() + _settings.LockDuration);

    public bool Unlock(string id, string token) => Settle(id, token, Release);

    public bool Complete(string id, string token) => Settle(id, token, message => _messages.Remove(message));

    private bool Settle(string id, string token, Action<BrokerMessage> action)
    {
        lock (_gate)
        {
            Sweep();
            var message = _messages.Find(candidate => candidate.LockToken == token && (candidate.Content.MessageId == id || $"{candidate.SequenceNumber}" == id));
            if (message is not null)
            {
                action(message);
                Signal();
            }

            return message is not null;
        }
    }

    private Delivery Deliver(BrokerMessage message, bool isLocked)
    {
        message.DeliveryCount++;
        if (isLocked)
        {
            message.LockToken = Guid.NewGuid().ToString();
            message.LockedUntil = _time.GetUtcNow() + _settings.LockDuration;
        }
        else
        {
            _messages.Remove(message);
        }

        SetAlarm();
        return message.ToDelivery();
    }

    private void Release(BrokerMessage message)
    {
        message.LockToken = null;
        message.LockedUntil = null;
        if (_deadLetters is not null && message.DeliveryCount >= _settings.MaxDeliveryCount)
        {
            Bury(message, "MaxDeliveryCountExceeded", $"Message could not be consumed after {_settings.MaxDeliveryCount} delivery attempts.");
        }
    }

    private void Sweep()
    {
        var now = _time.GetUtcNow();
        foreach (var message in _messages.ToList())
        {
            message.ScheduledAt = message.ScheduledAt > now ? message.ScheduledAt : null;
            if (message.LockedUntil <= now)
            {
                Release(message);
            }

            if (message.LockToken is null && message.ExpiresAt <= now && _messages.Contains(message))
            {
                Expire(message);
            }
        }
    }

    private void Expire(BrokerMessage message)
    {
        if (_settings.DeadLettersExpired && _deadLetters is not null)
        {
            Bury(message, "TTLExpiredException", "The message expired and was dead lettered.");
        }
        else
        {
            _messages.Remove(message);
        }
    }

    private void Bury(BrokerMessage message, string reason, string description)
    {
        _messages.Remove(message);
        _deadLetters!.Receive(message, reason, description);
    }

    // Dead letters have no end and are delivered for as long as it takes.
    private void Receive(BrokerMessage message, string reason, string description)
    {
        lock (_gate)
        {
            _messages.Add(new BrokerMessage(message.Content, ++_lastSequenceNumber)
            {
                EnqueuedSequenceNumber = message.SequenceNumber,
                EnqueuedAt = message.EnqueuedAt,
                DeliveryCount = message.DeliveryCount,
                DeathProperties = new Dictionary<string, string>
                {
                    ["DeadLetterReason"] = $"\"{reason}\"",
                    ["DeadLetterErrorDescription"] = $"\"{description}\"",
                },
            });
            Signal();
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Sweep();
            Signal();
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        SetAlarm();
    }

    private void SetAlarm()
    {
        if (_messages.Min(message => message.NextChange) is { } next)
        {
            var wait = next - _time.GetUtcNow();
            _alarm.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestAlarm ? wait : LongestAlarm, Timeout.InfiniteTimeSpan);
        }
    }
}
