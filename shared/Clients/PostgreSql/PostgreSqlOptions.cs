using Npgsql;

namespace Serverless.Components.Clients.PostgreSql;

/// <summary>How a component reaches PostgreSQL, in Npgsql's words.</summary>
internal sealed record PostgreSqlOptions
{
    /// <summary>Everything that Npgsql takes as text; it may hold the password.</summary>
    public required NpgsqlConnectionStringBuilder Connection { get; init; }

    /// <summary>Which of several hosts will do.</summary>
    public TargetSessionAttributes Session { get; init; } = TargetSessionAttributes.Any;

    /// <summary>The name that the server's certificate must hold when it is not the host that is connected to.</summary>
    public string? CertificateName { get; init; }

    /// <summary>Fetches the password of each new connection; null when it stands in <see cref="Connection"/>.</summary>
    public Func<CancellationToken, ValueTask<string>>? Password { get; init; }

    /// <summary>The hosts with their ports, for messages.</summary>
    public required string Server { get; init; }

    /// <summary>A pool of connections that opens none yet.</summary>
    public NpgsqlDataSource CreateDataSource()
    {
        var builder = new NpgsqlSlimDataSourceBuilder(Connection.ConnectionString);
        builder.EnableTransportSecurity();
        builder.EnableArrays();

        // The types of the state table are known without asking for the server's catalog.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        if (CertificateName is { } name)
        {
            builder.UseSslClientAuthenticationOptionsCallback(tls => tls.TargetHost = name);
        }

        if (Password is { } password)
        {
            builder.UsePasswordProvider(
                _ => throw new NotSupportedException("connections are opened asynchronously"),
                (_, cancellationToken) => password(cancellationToken));
        }

        return Session == TargetSessionAttributes.Any ? builder.Build() : builder.BuildMultiHost().WithTargetSession(Session);
    }

    /// <summary>The server, without any secret.</summary>
    public override string ToString() => Server;
}
