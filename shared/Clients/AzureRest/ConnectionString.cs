namespace Serverless.Components.Clients.AzureRest;

/// <summary>The parts of an Azure connection string, <c>Name=value;Name=value</c>; names are not case-sensitive.</summary>
internal sealed class ConnectionString
{
    private readonly Dictionary<string, string> _parts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="FormatException">It has not the form of one; the message does not quote it.</exception>
    public ConnectionString(string text)
    {
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Keys end in '=' themselves.
            var end = part.IndexOf('=', StringComparison.Ordinal);
            if (end <= 0 || !_parts.TryAdd(part[..end].Trim(), part[(end + 1)..].Trim()))
            {
                throw new FormatException("the connection string has a part without a name, or a name twice");
            }
        }
    }

    /// <summary>A part's value; null when it is not there or empty.</summary>
    public string? this[string name] => _parts.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>True when a part says <c>true</c>.</summary>
    public bool IsSet(string name) => string.Equals(this[name], "true", StringComparison.OrdinalIgnoreCase);
}
