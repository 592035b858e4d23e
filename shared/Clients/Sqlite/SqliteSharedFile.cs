namespace Serverless.Components.Clients.Sqlite;

/// <summary>The place where users of one file meet, from the first that opens it until the last has closed it.</summary>
internal sealed class SqliteSharedFile
{
    // Process-wide by nature: two writers on one file would only wait for each other's locks.
    private static readonly Dictionary<string, SqliteSharedFile> Known = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly string? _key;
    private int _visitors;

    private SqliteSharedFile(string? key) => _key = key;

    /// <summary>Held while the file is opened, joined or closed.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>The open file, or null.</summary>
    public SqliteFile? File { get; set; }

    /// <summary>The owners who have it open.</summary>
    public List<string> Users { get; } = [];

    /// <summary>True while somebody opens, uses or closes the file.</summary>
    public static bool IsKnown(SqliteSource source)
    {
        lock (Known)
        {
            return Known.ContainsKey(Key(source)!);
        }
    }

    /// <summary>Comes in, to be followed by one <see cref="Leave"/>.</summary>
    public static SqliteSharedFile Enter(SqliteSource source)
    {
        if (Key(source) is not { } key)
        {
            return new SqliteSharedFile(null) { _visitors = 1 };
        }

        lock (Known)
        {
            if (!Known.TryGetValue(key, out var shared))
            {
                Known.Add(key, shared = new SqliteSharedFile(key));
            }

            shared._visitors++;
            return shared;
        }
    }

    public void Leave()
    {
        lock (Known)
        {
            if (--_visitors == 0 && _key is not null)
            {
                Known.Remove(_key);
            }
        }
    }

    // Those who may only read must not get a connection that writes, nor the other way round.
    private static string? Key(SqliteSource source) => source.File is null ? null : (source.IsReadOnly ? "r:" : "w:") + source.File;
}
