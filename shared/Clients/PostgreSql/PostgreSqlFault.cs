using System.Net.Sockets;
using Npgsql;

namespace Serverless.Components.Clients.PostgreSql;

/// <summary>What a failure says about the operation that met it.</summary>
/// <param name="Reason">The words for the caller.</param>
/// <param name="IsCertain">True when the server has certainly not executed the operation, and will not.</param>
/// <param name="IsPassing">True when another attempt may well succeed.</param>
internal readonly record struct PostgreSqlFault(string Reason, bool IsCertain, bool IsPassing)
{
    // An attempt that was undone for the sake of another, or a server that ends or is not ready yet.
    private static readonly HashSet<string> Passing = new(StringComparer.Ordinal)
    {
        PostgresErrorCodes.SerializationFailure,
        PostgresErrorCodes.DeadlockDetected,
        PostgresErrorCodes.AdminShutdown,
        PostgresErrorCodes.CrashShutdown,
        PostgresErrorCodes.CannotConnectNow,
        PostgresErrorCodes.TooManyConnections,
    };

    /// <summary>Tells a failure of Npgsql.</summary>
    /// <param name="failure">What it threw.</param>
    /// <param name="isSent">False when the statements were not handed to it yet.</param>
    /// <returns>Null when it is none of the server or the network.</returns>
    public static PostgreSqlFault? Of(Exception failure, bool isSent) => failure switch
    {
        PostgresException error => new(Describe(error), !isSent || IsRolledBack(error), Passing.Contains(error.SqlState)),
        NpgsqlException { InnerException: InvalidOperationException token } => new(token.Message, !isSent, IsPassing: false),
        NpgsqlException error => new(Describe(error), !isSent, error.IsTransient),
        SocketException or TimeoutException or IOException => new(failure.Message, !isSent, IsPassing: true),
        _ => null,
    };

    // An error rolls back, except where it says that it does not know. What ends a session is certain only from the server itself, which
    // names its routine: a pooler between says the same of a connection it has lost, whatever was under way on it.
    private static bool IsRolledBack(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.StatementCompletionUnknown or PostgresErrorCodes.CrashShutdown => false,
        PostgresErrorCodes.AdminShutdown => error.Routine is not null,
        _ => !error.SqlState.StartsWith("08", StringComparison.Ordinal),
    };

    private static string Describe(PostgresException error) => $"{error.SqlState}: {error.MessageText}";

    private static string Describe(NpgsqlException error) =>
        error.InnerException is { } cause and not NpgsqlException ? $"{error.Message}: {cause.Message}" : error.Message;
}
