namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>What the emulated host did and what its handlers wrote, for assertions and failure messages.</summary>
public sealed class HostJournal
{
    private readonly Lock _lock = new();
    private readonly List<string> _events = [];
    private readonly List<int> _exitCodes = [];
    private readonly List<ChildProcess> _handlers = [];

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Exit codes of the handlers that ended by themselves or were killed, in order.</summary>
    public IReadOnlyList<int> ExitCodes
    {
        get
        {
            lock (_lock)
            {
                return [.. _exitCodes];
            }
        }
    }

    /// <summary>How often a handler was started.</summary>
    public int Starts
    {
        get
        {
            lock (_lock)
            {
                return _handlers.Count;
            }
        }
    }

    /// <summary>What all handlers wrote.</summary>
    public string HandlerOutput
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _handlers.Select(handler => handler.Output.Text));
            }
        }
    }

    internal void Add(string text)
    {
        lock (_lock)
        {
            _events.Add(text);
        }
    }

    internal void Started(ChildProcess handler)
    {
        lock (_lock)
        {
            _handlers.Add(handler);
            _events.Add($"handler {_handlers.Count} started");
        }
    }

    internal void Exited(int exitCode)
    {
        lock (_lock)
        {
            _exitCodes.Add(exitCode);
            _events.Add($"handler ended with {exitCode}");
        }
    }
}
