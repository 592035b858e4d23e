using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Npgsql;

namespace Serverless.Components.Clients.PostgreSql;

/// <summary>
/// Runs statements on pooled connections: within a time, and again only where the server has certainly not executed them.
/// </summary>
/// <param name="options">The server.</param>
/// <param name="time">The clock.</param>
/// <param name="missingTable">What the caller should know where a table is missing, behind the server's words.</param>
internal sealed class PostgreSqlDatabase(PostgreSqlOptions options, TimeProvider time, string missingTable = "") : IAsyncDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    // How long an answer to the request to cancel is waited for; it tells what became of a write.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    // As pgxpool does: what has rested longer is asked first whether it still lives, so that a write does not find out.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _source = options.CreateDataSource();
    private readonly ConcurrentDictionary<int, long> _used = new();
    private readonly int _mostUsed = options.Connection.MaxPoolSize * 4;

    /// <summary>The hosts with their ports.</summary>
    public string Server => options.Server;

    /// <summary>Reads; a lost connection is no reason to fail while others can be had.</summary>
    /// <exception cref="PostgreSqlException">It failed.</exception>
    public ValueTask<T> ReadAsync<TState, T>(TState state, Func<NpgsqlConnection, TState, CancellationToken, Task<T>> body, TimeSpan timeout, CancellationToken cancellationToken) =>
        RunAsync(state, body, timeout, isWrite: false, cancellationToken);

    /// <summary>Writes. Never twice when the first time may have been executed: then the message says that nobody knows.</summary>
    /// <exception cref="PostgreSqlException">It failed.</exception>
    public ValueTask<T> WriteAsync<TState, T>(TState state, Func<NpgsqlConnection, TState, CancellationToken, Task<T>> body, TimeSpan timeout, CancellationToken cancellationToken) =>
        RunAsync(state, body, timeout, isWrite: true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async ValueTask<T> RunAsync<TState, T>(
        TState state, Func<NpgsqlConnection, TState, CancellationToken, Task<T>> body, TimeSpan timeout, bool isWrite, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        for (var (tried, pause) = (1, FirstPause); ; tried++, pause *= 2)
        {
            var attempt = new PostgreSqlAttempt();
            var running = TryAsync(state, body, attempt);
            try
            {
                return await running.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                var stopping = attempt.StopAsync(running);
                cancellationToken.ThrowIfCancellationRequested();
                await Task.WhenAny(stopping, Task.Delay(Grace, time, CancellationToken.None));
                if (running.IsCompletedSuccessfully)
                {
                    return await running;
                }

                throw Overdue(attempt, running, timeout, isWrite);
            }
            catch (Exception failure) when (PostgreSqlFault.Of(failure, attempt.IsSent) is { } fault)
            {
                if (!fault.IsPassing || (isWrite && !fault.IsCertain) || tried == Attempts || deadline.IsCancellationRequested)
                {
                    throw Failed(fault, isWrite, failure);
                }
            }
            finally
            {
                if (running.IsCompleted)
                {
                    attempt.Dispose();
                }
            }

            await Task.Delay(pause, time, deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<T> TryAsync<TState, T>(TState state, Func<NpgsqlConnection, TState, CancellationToken, Task<T>> body, PostgreSqlAttempt attempt)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(attempt.Token);
            if (_used.TryGetValue(connection.ProcessID, out var used) && time.GetElapsedTime(used) > Rest)
            {
                await using var question = new NpgsqlCommand("SELECT 1", connection);
                await question.ExecuteNonQueryAsync(attempt.Token);
            }

            attempt.IsSent = true;
            var result = await body(connection, state, attempt.Token);
            Remember(connection.ProcessID);
            return result;
        }
        catch (OperationCanceledException canceled) when (canceled.InnerException is PostgresException)
        {
            // The server says that it has given up, which a cancelled task could not tell.
            ExceptionDispatchInfo.Throw(canceled.InnerException);
            throw;
        }
    }

    private void Remember(int process)
    {
        // Processes come and go with their connections; whoever is forgotten is asked once more at most.
        if (_used.Count > _mostUsed)
        {
            _used.Clear();
        }

        _used[process] = time.GetTimestamp();
    }

    private PostgreSqlException Overdue(PostgreSqlAttempt attempt, Task running, TimeSpan timeout, bool isWrite)
    {
        var failure = running.Exception?.InnerException;
        var isCertain = (failure is null ? null : PostgreSqlFault.Of(failure, attempt.IsSent))?.IsCertain ?? !attempt.IsSent;
        var what = attempt.IsSent ? "no answer" : "no connection";
        return Failed(new PostgreSqlFault($"{what} within {timeout.TotalSeconds:0.###}s", isCertain, IsPassing: false), isWrite, failure);
    }

    private PostgreSqlException Failed(PostgreSqlFault fault, bool isWrite, Exception? failure)
    {
        var fate = !isWrite ? "" : fault.IsCertain ? "not executed: " : "whether it was executed is unknown: ";
        var hint = failure is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } ? missingTable : "";
        return new PostgreSqlException($"postgresql at {Server}: {fate}{fault.Reason}{hint}", failure);
    }
}
