namespace Serverless.Backends.Processes;

/// <summary>The lines a process wrote, both streams together.</summary>
public sealed class ProcessOutput
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    /// <summary>Everything written so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Everything written so far as one text.</summary>
    public string Text => string.Join('\n', Lines);

    /// <summary>True when a line holds all of <paramref name="parts"/>.</summary>
    public bool HasLine(params string[] parts) =>
        Lines.Any(line => parts.All(part => line.Contains(part, StringComparison.OrdinalIgnoreCase)));

    internal void Add(string? line)
    {
        if (line is not null)
        {
            lock (_lock)
            {
                _lines.Add(line);
            }
        }
    }
}
