using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.PostgreSql;

/// <summary>Metadata of <c>bindings.postgresql</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/postgresql.</remarks>
internal sealed record PostgreSqlBindingOptions
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>What all PostgreSQL components share.</summary>
    public required PostgreSqlOptions PostgreSql { get; init; }

    /// <summary>How long one operation may take, the way to a connection included.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static PostgreSqlBindingOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var timeout = binder.Duration("timeout", "timeoutInSeconds") ?? DefaultTimeout;
        if (timeout < TimeSpan.FromSeconds(1) || timeout > LongestTimeout)
        {
            binder.Fault("timeout", "from 1s to 24h");
        }

        var options = PostgreSqlSettings.Read(binder, context, timeout);
        binder.ThrowIfFaulty();

        // The caller's statements may alter tables, and then a prepared one that reads them fails.
        options!.Connection.MaxAutoPrepare = 0;
        return new PostgreSqlBindingOptions { PostgreSql = options, Timeout = timeout };
    }
}
