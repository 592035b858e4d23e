using Serverless.Components.Clients.Sqlite;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>The metadata by which everything that is kept in SQLite is opened.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-state-stores/setup-sqlite.</remarks>
internal sealed record SqliteConnectionSettings
{
    /// <summary>Where the database is.</summary>
    public required SqliteSource Source { get; init; }

    /// <summary>How long a call waits for a lock of another process.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>True for the rollback journal.</summary>
    public bool DisableWal { get; init; }

    /// <summary>The file, for messages.</summary>
    public string FileName => Source.File ?? ":memory:";

    /// <summary>Reads them; faults are left in <paramref name="binder"/>, and then the result is null.</summary>
    public static SqliteConnectionSettings? Read(MetadataBinder binder)
    {
        var source = ReadSource(binder);
        var busyTimeout = binder.Duration("busyTimeout") ?? TimeSpan.FromSeconds(2);
        if (busyTimeout.TotalMilliseconds > int.MaxValue)
        {
            binder.Fault("busyTimeout", "at most 24 days");
        }

        var disableWal = binder.Boolean("disableWAL", false);
        return source is null ? null : new SqliteConnectionSettings { Source = source, BusyTimeout = busyTimeout, DisableWal = disableWal };
    }

    /// <summary>Reads a table's name, or the beginning of one.</summary>
    public static string ReadIdentifier(MetadataBinder binder, string name, string fallback)
    {
        var value = binder.Text(name) ?? fallback;
        if (value.Any(character => !char.IsAsciiLetterOrDigit(character) && character != '_'))
        {
            binder.Fault(name, "letters A-Z, digits and _ only");
        }

        return value;
    }

    /// <summary>Opens the database.</summary>
    /// <param name="context">The component.</param>
    /// <param name="owner">Who opens it; the same name again replaces whoever has it open under it.</param>
    /// <param name="prepare">Creates or checks tables, within a transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ComponentException">It can't be opened.</exception>
    public async Task<SqliteDatabase> OpenAsync(ComponentContext context, string owner, Action<SqliteConnection> prepare, CancellationToken cancellationToken)
    {
        var settings = new SqliteSettings { Source = Source, Owner = owner, BusyTimeout = BusyTimeout, UseWal = !DisableWal, Time = context.Host.Time };
        try
        {
            return await SqliteDatabase.OpenAsync(settings, prepare, cancellationToken);
        }
        catch (SqliteSharingException conflict)
        {
            throw new ComponentException(
                $"component '{context.Name}': SQLite file '{FileName}': another component has it open with another {Name(conflict.Difference)}; they must agree", conflict);
        }
        catch (SqliteException failure)
        {
            var wait = failure.Code == SqliteCode.Busy ? $" (by another process, for {BusyTimeout.TotalSeconds:0.###}s)" : "";
            throw new ComponentException($"component '{context.Name}': SQLite file '{FileName}': {failure.Message}{wait}", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ComponentException($"component '{context.Name}': SQLite file '{FileName}': {failure.Message}", failure);
        }
        catch (DllNotFoundException failure)
        {
            throw new ComponentException($"component '{context.Name}': {failure.Message}", failure);
        }
    }

    /// <summary>The metadata items that make a difference.</summary>
    public static string Name(SqliteDifference difference) => string.Join(", ", new[]
    {
        difference.HasFlag(SqliteDifference.Journal) ? "'disableWAL'" : null,
        difference.HasFlag(SqliteDifference.Pragmas) ? "'_pragma' in 'connectionString'" : null,
        difference.HasFlag(SqliteDifference.Parameters) ? "parameter in 'connectionString'" : null,
    }.Where(name => name is not null));

    private static SqliteSource? ReadSource(MetadataBinder binder)
    {
        if (binder.Text("connectionString", "url") is not { } text)
        {
            binder.Fault("connectionString", "a value (it is required)");
            return null;
        }

        try
        {
            return SqliteSource.Parse(text);
        }
        catch (FormatException fault)
        {
            binder.Fault("connectionString", fault.Message);
            return null;
        }
    }
}
