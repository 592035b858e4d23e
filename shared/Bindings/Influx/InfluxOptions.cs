using Serverless.Components.Clients.WebCalls;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.Influx;

/// <summary>Settings of <c>bindings.influx</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/influxdb.</remarks>
internal sealed record InfluxOptions
{
    // As InfluxDB's own client.
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(20);

    /// <summary>Where points are written.</summary>
    public required Uri WriteAddress { get; init; }

    /// <summary>Where queries go.</summary>
    public required Uri QueryAddress { get; init; }

    /// <summary>The access token.</summary>
    public required string Token { get; init; }

    /// <summary>How long a call may take: <c>timeout</c>, which daprd does not have.</summary>
    public TimeSpan Limit { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="ComponentException">One or more are faulty.</exception>
    public static InfluxOptions Read(ComponentMetadata metadata)
    {
        var binder = metadata.Bind();
        var url = WebEndpoint.Read(binder, "url").GetLeftPart(UriPartial.Path).TrimEnd('/');
        var org = Uri.EscapeDataString(binder.Required("org"));
        var bucket = Uri.EscapeDataString(binder.Required("bucket"));
        var options = new InfluxOptions
        {
            WriteAddress = new Uri($"{url}/api/v2/write?bucket={bucket}&org={org}&precision=ns"),
            QueryAddress = new Uri($"{url}/api/v2/query?org={org}"),
            Token = binder.Required("token"),
            Limit = WebEndpoint.ReadLimit(binder, "timeout", UsualLimit),
        };
        if (!WebHeaders.IsValue(options.Token))
        {
            binder.Fault("token", "text without control characters");
        }

        binder.ThrowIfFaulty();
        return options;
    }
}
