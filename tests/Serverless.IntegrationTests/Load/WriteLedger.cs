namespace Serverless.IntegrationTests.Load;

/// <summary>What one writer was promised: for each key the last acknowledged value and the values attempted after it.</summary>
internal sealed class WriteLedger
{
    private readonly Dictionary<string, (long? Acknowledged, long LastAttempted)> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<(string Key, long Value)> _refused = [];

    public IReadOnlyCollection<string> Keys => _keys.Keys;

    public int Acknowledgements { get; private set; }

    public void Attempt(string key, long value) =>
        _keys[key] = (_keys.TryGetValue(key, out var known) ? known.Acknowledged : null, value);

    public void Acknowledge(string key, long value)
    {
        _keys[key] = (value, _keys[key].LastAttempted);
        Acknowledgements++;
    }

    /// <summary>The writer was told that nothing happened.</summary>
    public void Refuse(string key, long value) => _refused.Add((key, value));

    /// <summary>Null when the value found after a crash is one the writer may find; else the complaint.</summary>
    /// <remarks>Values of a key only grow: between the acknowledged and the last attempted one everything is allowed.</remarks>
    public string? Complaint(string key, long? found)
    {
        var (acknowledged, attempted) = _keys[key];
        if (found is null)
        {
            return acknowledged is null ? null : $"{key}: acknowledged {acknowledged} is lost";
        }

        if (_refused.Contains((key, found.Value)))
        {
            return $"{key}: found {found}, which was said not to have been written";
        }

        return found >= (acknowledged ?? long.MinValue) && found <= attempted
            ? null
            : $"{key}: found {found}, acknowledged {acknowledged}, last attempted {attempted}";
    }
}
