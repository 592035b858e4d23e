using System.Text.RegularExpressions;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>Where a database is: a connection string taken apart.</summary>
/// <remarks>
/// Forms: a path, a <c>file:</c> URI (https://sqlite.org/uri.html), or <c>:memory:</c>; each may carry a query, in which
/// <c>_pragma=name(value)</c> and <c>_txlock</c> are read as Go's SQLite driver does, because Dapr's users write them.
/// </remarks>
internal sealed partial record SqliteSource
{
    /// <summary>The file's absolute path, or null for a database in memory.</summary>
    public required string? File { get; init; }

    /// <summary>What SQLite is told besides the path, such as <c>mode=rwc</c>.</summary>
    public required IReadOnlyList<string> Parameters { get; init; }

    /// <summary>The name to open it by.</summary>
    public string Uri => File is null ? ":memory:" : $"file:{Escape(File)}?{string.Join('&', Parameters)}".TrimEnd('?');

    public required bool IsReadOnly { get; init; }

    /// <summary>True when a missing file is created.</summary>
    public required bool MayCreate { get; init; }

    /// <summary>Settings such as <c>cache_size(-8000)</c>, in order.</summary>
    public required IReadOnlyList<string> Pragmas { get; init; }

    /// <summary>The asked transaction mode, lower-case, or null. Every write transaction is immediate whatever it says.</summary>
    public required string? TransactionLock { get; init; }

    /// <summary>Takes a connection string apart without looking at the disk; a relative path counts from the working directory.</summary>
    /// <exception cref="FormatException">It cannot be understood; the message says what was expected.</exception>
    public static SqliteSource Parse(string connectionString)
    {
        var split = connectionString.IndexOf('?', StringComparison.Ordinal);
        var path = split < 0 ? connectionString : connectionString[..split];
        var query = Query(split < 0 ? "" : connectionString[(split + 1)..]);
        var isMemory = path.StartsWith(":memory:", StringComparison.OrdinalIgnoreCase) || path.StartsWith("file::memory:", StringComparison.OrdinalIgnoreCase);
        if (path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            path = FilePath(path[5..]);
        }

        var mode = query.Find(item => item.Name == "mode")?.Value;
        isMemory |= mode == "memory";
        if (!isMemory && (path.Length == 0 || path.Contains('\0')))
        {
            throw new FormatException("a file path");
        }

        var isReadOnly = !isMemory && (mode == "ro" || query.Contains(new SqliteUriParameter("immutable", "1")));
        return new SqliteSource
        {
            File = isMemory ? null : Path.GetFullPath(path),
            Parameters = isMemory ? [] : Passed(query),
            IsReadOnly = isReadOnly,
            MayCreate = isMemory || (!isReadOnly && mode is null or "rwc"),
            Pragmas = [.. query.Where(item => item.Name == "_pragma").Select(item => Pragma(item.Value))],
            TransactionLock = TransactionWord(query.Find(item => item.Name == "_txlock")?.Value.ToLowerInvariant()),
        };
    }

    /// <summary>The source by the name of the file itself, so that two names of one file are known to be one.</summary>
    /// <exception cref="IOException">A loop of links.</exception>
    public SqliteSource Resolve()
    {
        if (File is null)
        {
            return this;
        }

        var resolved = Path.GetPathRoot(File)!;
        foreach (var segment in File[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Join(resolved, segment);
            FileSystemInfo entry = Directory.Exists(resolved) ? new DirectoryInfo(resolved) : new FileInfo(resolved);
            if (entry.LinkTarget is not null)
            {
                resolved = entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            }
        }

        return this with { File = resolved };
    }

    private static List<SqliteUriParameter> Query(string query)
    {
        List<SqliteUriParameter> items = [];
        foreach (var item in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var split = item.IndexOf('=', StringComparison.Ordinal);
            items.Add(split < 0 ? new(Decode(item), "") : new(Decode(item[..split]), Decode(item[(split + 1)..])));
        }

        return items;
    }

    private static string Decode(string text) => System.Uri.UnescapeDataString(text.Replace('+', ' '));

    private static string FilePath(string rest)
    {
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = rest.IndexOf('/', 2);
            var authority = slash < 0 ? rest[2..] : rest[2..slash];
            if (authority is not ("" or "localhost") || slash < 0)
            {
                throw new FormatException("a file: URI without a host");
            }

            rest = rest[slash..];
        }

        return System.Uri.UnescapeDataString(rest);
    }

    // The page cache is never shared: its table locks would let readers block the writer.
    private static List<string> Passed(List<SqliteUriParameter> query) =>
        [.. query.Where(item => !item.Name.StartsWith('_') && item.Name != "cache").Select(item => $"{item.Name}={System.Uri.EscapeDataString(item.Value)}")];

    private static string Escape(string file)
    {
        var path = file.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
        return OperatingSystem.IsWindows() ? "/" + path.Replace('\\', '/') : path;
    }

    private static string Pragma(string text)
    {
        if (PragmaForm.Match(text) is not { Success: true } match)
        {
            throw new FormatException("_pragma in the form name(value)");
        }

        // These have settings of their own, or would break what the stores promise.
        var name = match.Groups["name"].Value.ToLowerInvariant();
        return name switch
        {
            "busy_timeout" or "journal_mode" or "foreign_keys" or "query_only" or "locking_mode" => throw new FormatException($"no _pragma={name}"),
            "synchronous" when match.Groups["value"].Value.ToLowerInvariant() is not ("full" or "extra" or "2" or "3") =>
                throw new FormatException("_pragma=synchronous to be FULL or EXTRA"),
            _ => text,
        };
    }

    private static string? TransactionWord(string? word) =>
        word is null or "deferred" or "immediate" or "exclusive" ? word : throw new FormatException("_txlock to be deferred, immediate or exclusive");

    [GeneratedRegex(@"^(?<name>[A-Za-z_]+)( *\( *(?<value>[\w.+-]+) *\)| *= *(?<value>[\w.+-]+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex PragmaForm { get; }
}
