using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.State.Sqlite;

internal sealed partial class SqliteStateStore
{
    public async ValueTask DisposeAsync()
    {
        await (_cleanup?.DisposeAsync() ?? ValueTask.CompletedTask);
        try
        {
            if (_database is not null && _options.Connection.Source.File is null)
            {
                await ReportLossAsync(_database);
            }
        }
        finally
        {
            if (_database is not null)
            {
                await _database.DisposeAsync();
            }
        }
    }

    private async Task ReportLossAsync(SqliteDatabase database)
    {
        try
        {
            var entries = await database.ReadAsync(_rows, static (connection, rows) => rows.Count(connection), CancellationToken.None);
            if (entries > 0)
            {
                LogLost(_context.Logger, _context.Name, entries);
            }
        }
        catch (SqliteException)
        {
            // Not countable: it closes all the same.
        }
    }

    [LoggerMessage(LogLevel.Warning, "component '{Component}' closes: {Entries} entries that it held in memory are lost")]
    private static partial void LogLost(ILogger logger, string component, int entries);
}
