using System.Runtime.CompilerServices;
using Npgsql;
using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>The metadata by which every PostgreSQL component connects.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-state-stores/setup-postgresql-v2. Keywords of the connection string are
/// libpq's, with those that pgxpool adds; items of their own stand above them, and the variables of libpq (PGHOST, …) below.
/// </remarks>
internal static class PostgreSqlSettings
{
    // Npgsql's limit, in seconds.
    private const int LongestConnectTimeout = 1024;
    private const int LateConnectTimeout = 5;

    private static readonly string[] ExecModes = ["cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"];

    // Metadata item, keyword.
    private static readonly (string Item, string Keyword)[] Items =
    [
        ("host", "host"), ("hostaddr", "hostaddr"), ("port", "port"), ("database", "database"),
        ("user", "user"), ("password", "password"), ("sslRootCert", "sslrootcert"),
    ];

    private static readonly (string Variable, string Keyword)[] Variables =
    [
        ("PGHOST", "host"), ("PGPORT", "port"), ("PGDATABASE", "database"), ("PGUSER", "user"), ("PGPASSWORD", "password"),
        ("PGPASSFILE", "passfile"), ("PGAPPNAME", "application_name"), ("PGCONNECT_TIMEOUT", "connect_timeout"), ("PGSSLMODE", "sslmode"),
        ("PGSSLROOTCERT", "sslrootcert"), ("PGSSLCERT", "sslcert"), ("PGSSLKEY", "sslkey"), ("PGTARGETSESSIONATTRS", "target_session_attrs"),
        ("PGTZ", "timezone"), ("PGOPTIONS", "options"),
    ];

    /// <summary>Reads them; faults are left in <paramref name="binder"/>, and then the result is null.</summary>
    /// <param name="binder">The component's items.</param>
    /// <param name="context">The component.</param>
    /// <param name="timeout">How long one operation may take, the way to a connection included.</param>
    public static PostgreSqlOptions? Read(MetadataBinder binder, ComponentContext context, TimeSpan timeout)
    {
        var idle = binder.Duration("connectionMaxIdleTime");
        var connections = binder.WholeNumber("maxConns", 0);
        var mode = ReadExecMode(binder);
        var tokens = ReadTokens(binder, context);
        if (ReadKeywords(binder, context) is not { } keywords)
        {
            return null;
        }

        var builder = new NpgsqlConnectionStringBuilder
        {
            // Sessions hold nothing that another user of the connection could find.
            NoResetOnClose = true,
            Enlist = false,
            GssEncryptionMode = GssEncryptionMode.Disable,

            // The caller's own deadline ends a command.
            CommandTimeout = 0,

            // Later than the operation's own limit, which tells better what it waited for.
            Timeout = (int)Math.Clamp(Math.Ceiling(timeout.TotalSeconds) + LateConnectTimeout, 1, LongestConnectTimeout),
            TcpKeepAliveTime = 60,
            TcpKeepAliveInterval = 10,
        };
        var translation = new PostgreSqlTranslation(builder, keywords);
        try
        {
            translation.Apply();
        }
        catch (FormatException fault)
        {
            binder.Fault("connectionString", fault.Message);
            return null;
        }

        translation.LimitPool(connections, idle);
        if (keywords.GetValueOrDefault("statement_cache_capacity") != "0" && (mode ?? keywords.GetValueOrDefault("default_query_exec_mode")) is null or "cache_statement")
        {
            builder.MaxAutoPrepare = 16;
            builder.AutoPrepareMinUsages = 2;
        }

        if (tokens is not null)
        {
            builder.Password = null;
        }

        return new PostgreSqlOptions
        {
            Connection = builder,
            Session = translation.Session,
            CertificateName = translation.CertificateName,
            Password = tokens,
            Server = translation.Server,
        };
    }

    private static Dictionary<string, string>? ReadKeywords(MetadataBinder binder, ComponentContext context)
    {
        var text = binder.Text("connectionString", "url");
        if (text is null && Items.All(item => binder.Text(item.Item) is null))
        {
            binder.Fault("connectionString", "a value (it is required unless host, user and so on are given)");
            return null;
        }

        Dictionary<string, string> keywords;
        try
        {
            keywords = PostgreSqlConnectionText.Read(text ?? "");
        }
        catch (FormatException fault)
        {
            binder.Fault("connectionString", fault.Message);
            return null;
        }

        foreach (var (item, keyword) in Items)
        {
            if (binder.Text(item) is { } value)
            {
                keywords[keyword] = value;
            }
        }

        foreach (var (variable, keyword) in Variables)
        {
            if (context.Host.Environment(variable) is { Length: > 0 } value)
            {
                keywords.TryAdd(keyword, value);
            }
        }

        return keywords;
    }

    private static string? ReadExecMode(MetadataBinder binder)
    {
        var mode = binder.Text("queryExecMode");
        if (mode is not null && !ExecModes.Contains(mode))
        {
            binder.Fault("queryExecMode", $"one of {string.Join(", ", ExecModes)}");
        }

        return mode;
    }

    private static Func<CancellationToken, ValueTask<string>>? ReadTokens(MetadataBinder binder, ComponentContext context)
    {
        if (binder.Boolean("useAWSIAM", false))
        {
            binder.Fault("useAWSIAM", "false: AWS IAM is not supported");
        }

        return binder.Boolean("useAzureAD", false) ? ReadEntra(binder, context) : null;
    }

    // Apart, so that nobody else's start loads the assemblies of Azure.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Func<CancellationToken, ValueTask<string>> ReadEntra(MetadataBinder binder, ComponentContext context)
    {
        var options = AzureAuthentication.Read(binder, context.Host);
        return new PostgreSqlEntraTokens(() => AzureCredentials.Create(options, context.Host.Time), options.Cloud).GetAsync;
    }
}
