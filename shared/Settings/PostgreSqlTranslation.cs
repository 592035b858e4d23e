using System.Globalization;
using Npgsql;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>Turns libpq's keywords into Npgsql's settings. Its complaints name the keyword and never a value.</summary>
internal sealed class PostgreSqlTranslation(NpgsqlConnectionStringBuilder builder, Dictionary<string, string> keywords)
{
    private const int DefaultPort = 5432;
    private const int PruningInterval = 10;
    private static readonly TimeSpan DefaultIdleTime = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    // Read here or without a meaning for Npgsql.
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "host", "hostaddr", "port", "database", "user", "password", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword",
        "sslnegotiation", "sslsni", "channel_binding", "gssencmode", "krbsrvname", "krbspn", "connect_timeout", "application_name", "timezone",
        "search_path", "options", "target_session_attrs", "client_encoding", "min_read_buffer_size", "statement_cache_capacity",
        "description_cache_capacity", "default_query_exec_mode", "pool_max_conns", "pool_min_conns", "pool_min_idle_conns",
        "pool_max_conn_lifetime", "pool_max_conn_lifetime_jitter", "pool_max_conn_idle_time", "pool_health_check_period",
    };

    /// <summary>Which of several hosts will do.</summary>
    public TargetSessionAttributes Session { get; private set; } = TargetSessionAttributes.Any;

    /// <summary>The name in the certificate when the host is given by its address too.</summary>
    public string? CertificateName { get; private set; }

    /// <summary>The hosts with their ports.</summary>
    public string Server { get; private set; } = "";

    /// <summary>Sets everything but the pool.</summary>
    /// <exception cref="FormatException">A value is not usable.</exception>
    public void Apply()
    {
        if (Text("service") is not null || Text("servicefile") is not null)
        {
            throw new FormatException("no 'service': connection service files are not supported");
        }

        ApplyHosts();
        builder.Database = Text("database");
        builder.Username = Text("user");
        builder.Password = Text("password");
        builder.Passfile = Text("passfile");
        builder.ApplicationName = Text("application_name");
        builder.Timezone = Text("timezone");
        builder.SearchPath = Text("search_path");
        builder.Options = Options();
        ApplyTls();
        if (Number("connect_timeout") is > 0 and var seconds)
        {
            builder.Timeout = Math.Min(builder.Timeout, seconds);
        }

        Session = Word("target_session_attrs", "any",
            ("any", TargetSessionAttributes.Any), ("read-write", TargetSessionAttributes.ReadWrite), ("read-only", TargetSessionAttributes.ReadOnly),
            ("primary", TargetSessionAttributes.Primary), ("standby", TargetSessionAttributes.Standby), ("prefer-standby", TargetSessionAttributes.PreferStandby));
        builder.MaxPoolSize = Number("pool_max_conns") is > 0 and var most ? most : Math.Max(4, Environment.ProcessorCount);
        builder.MinPoolSize = Math.Min(Number("pool_min_conns") ?? 0, builder.MaxPoolSize);
        builder.ConnectionLifetime = (int)(Duration("pool_max_conn_lifetime") ?? DefaultLifetime).TotalSeconds;
        SetIdleTime(Duration("pool_max_conn_idle_time") ?? DefaultIdleTime);
    }

    /// <summary>What the metadata says of the pool stands above the connection string; 0 leaves it.</summary>
    public void LimitPool(int connections, TimeSpan? idle)
    {
        if (connections > 0)
        {
            builder.MaxPoolSize = connections;
            builder.MinPoolSize = Math.Min(builder.MinPoolSize, connections);
        }

        if (idle > TimeSpan.Zero)
        {
            SetIdleTime(idle.Value);
        }
    }

    private void SetIdleTime(TimeSpan idle)
    {
        builder.ConnectionIdleLifetime = (int)Math.Clamp(Math.Ceiling(idle.TotalSeconds), 1, int.MaxValue);
        builder.ConnectionPruningInterval = Math.Min(PruningInterval, builder.ConnectionIdleLifetime);
    }

    private void ApplyHosts()
    {
        var names = Text("host")?.Split(',');
        var addresses = Text("hostaddr")?.Split(',');
        var hosts = addresses ?? names ?? ["localhost"];
        var ports = Text("port")?.Split(',') ?? [""];
        if (ports.Length != 1 && ports.Length != hosts.Length)
        {
            throw new FormatException("one 'port' for all hosts, or one for each");
        }

        var servers = hosts.Select((host, index) => $"{Bracket(host)}:{ReadPort(ports[ports.Length == 1 ? 0 : index])}").ToList();
        Server = string.Join(',', servers);
        builder.Host = hosts is [var only] ? only : Server;
        builder.Port = hosts.Length == 1 ? ReadPort(ports[0]) : DefaultPort;
        CertificateName = addresses is not null && names is [{ Length: > 0 } name] ? name : null;
    }

    private static string Bracket(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static int ReadPort(string text) =>
        text.Length == 0 ? DefaultPort
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port
        : throw new FormatException("'port' from 1 to 65535");

    private void ApplyTls()
    {
        var root = Text("sslrootcert");
        var mode = Word("sslmode", root == "system" ? "verify-full" : "prefer",
            ("disable", SslMode.Disable), ("allow", SslMode.Allow), ("prefer", SslMode.Prefer), ("require", SslMode.Require),
            ("verify-ca", SslMode.VerifyCA), ("verify-full", SslMode.VerifyFull));

        // As libpq and pgx: with a root certificate at hand, require looks at the chain too; the weaker modes never do.
        builder.SslMode = mode == SslMode.Require && root is not null ? SslMode.VerifyCA : mode;
        builder.RootCertificate = builder.SslMode is SslMode.VerifyCA or SslMode.VerifyFull && root != "system" ? root : null;
        builder.SslCertificate = Text("sslcert");
        builder.SslKey = Text("sslkey");
        builder.SslPassword = Text("sslpassword");
        builder.SslNegotiation = Word("sslnegotiation", "postgres", ("postgres", SslNegotiation.Postgres), ("direct", SslNegotiation.Direct));
        builder.ChannelBinding = Word("channel_binding", "prefer",
            ("disable", ChannelBinding.Disable), ("prefer", ChannelBinding.Prefer), ("require", ChannelBinding.Require));
    }

    // What libpq does not know is a setting of the session.
    private string? Options()
    {
        var settings = keywords.Where(pair => !Known.Contains(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        if (settings.Exists(pair => !pair.Key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.')))
        {
            throw new FormatException("keywords of letters, digits, _ and .");
        }

        var options = string.Join(' ', settings.Select(pair => $"-c {pair.Key}={Escape(pair.Value)}").Prepend(Text("options")).Where(part => part is not null));
        return options.Length == 0 ? null : options;
    }

    // White space parts the options.
    private static string Escape(string value) =>
        string.Concat(value.Select(character => character == '\\' || char.IsWhiteSpace(character) ? $"\\{character}" : $"{character}"));

    private string? Text(string keyword) => keywords.GetValueOrDefault(keyword) is { Length: > 0 } value ? value : null;

    private int? Number(string keyword) =>
        Text(keyword) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"a whole number as '{keyword}'");

    private TimeSpan? Duration(string keyword) =>
        Text(keyword) is not { } text ? null
        : DaprText.TryParseDuration(text, TimeSpan.FromSeconds(1), out var duration) && duration >= TimeSpan.Zero && duration.TotalSeconds <= int.MaxValue ? duration
        : throw new FormatException($"a duration such as 30m as '{keyword}'");

    private T Word<T>(string keyword, string fallback, params ReadOnlySpan<(string Word, T Meaning)> words)
    {
        var text = Text(keyword) ?? fallback;
        foreach (var (word, meaning) in words)
        {
            if (word == text)
            {
                return meaning;
            }
        }

        throw new FormatException($"another '{keyword}'; PostgreSQL's documentation lists them");
    }
}
