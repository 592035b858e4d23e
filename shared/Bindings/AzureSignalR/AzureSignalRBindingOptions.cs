using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureSignalR;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.AzureSignalR;

/// <summary>Metadata of <c>bindings.azure.signalr</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/signalr. Items of their own stand above the connection string.</remarks>
internal sealed record AzureSignalRBindingOptions
{
    /// <summary>Where the service is.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The access key; null means Microsoft Entra.</summary>
    public string? AccessKey { get; init; }

    /// <summary>The hub of calls that name none; null for none.</summary>
    public string? Hub { get; init; }

    private AzureIdentityOptions? Identity { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static AzureSignalRBindingOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var connection = ReadConnection(binder);
        var key = binder.Text("accessKey") ?? connection?["AccessKey"];
        var identity = key is null ? AzureAuthentication.Read(binder, context.Host) : null;
        var endpoint = ReadEndpoint(binder, binder.Text("endpoint") ?? connection?["Endpoint"]);
        if (identity is not null && endpoint is { Scheme: "http" })
        {
            binder.Fault("endpoint", "an https address, since tokens of Microsoft Entra go nowhere else");
        }

        var hub = binder.Text("hub");
        if (hub is "." or "..")
        {
            binder.Fault("hub", "a name");
        }

        binder.ThrowIfFaulty();
        return new AzureSignalRBindingOptions
        {
            Endpoint = endpoint!,
            AccessKey = key,
            Hub = hub,
            Identity = identity is null ? null : identity with
            {
                TenantId = connection?["TenantId"] ?? identity.TenantId,
                ClientId = connection?["ClientId"] ?? identity.ClientId,
                ClientSecret = connection?["ClientSecret"] ?? identity.ClientSecret,
            },
        };
    }

    /// <summary>A client of the service.</summary>
    /// <exception cref="ComponentException">No way to prove who asks has what it needs.</exception>
    public SignalRClient CreateClient(ComponentContext context) => AccessKey is { } key
        ? SignalRClient.WithKey(Endpoint, key, context.Host.Time)
        : SignalRClient.WithToken(Endpoint, AzureAuthentication.CreateCredential(context, Identity!, "an access key"), context.Host.Time);

    private static ConnectionString? ReadConnection(MetadataBinder binder)
    {
        if (binder.Text("connectionString") is not { } text)
        {
            return null;
        }

        try
        {
            var connection = new ConnectionString(text);
            var isEntra = connection["AuthType"] == "aad";
            var expected = connection["AuthType"] is not null && !isEntra ? "AuthType aad, or none"
                : connection["Version"] is { } version && version != "1.0" ? "Version 1.0"
                : connection["AccessKey"] is null && !isEntra ? "an AccessKey in it, or AuthType=aad"
                : null;
            if (expected is not null)
            {
                binder.Fault("connectionString", expected);
            }

            return connection;
        }
        catch (FormatException fault)
        {
            binder.Fault("connectionString", $"a usable value ({fault.Message})");
            return null;
        }
    }

    private static Uri? ReadEndpoint(MetadataBinder binder, string? text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && (endpoint.Scheme == Uri.UriSchemeHttps || endpoint.Scheme == Uri.UriSchemeHttp))
        {
            return new Uri(endpoint.GetLeftPart(UriPartial.Path));
        }

        binder.Fault("endpoint", text is null ? "a value, here or in connectionString" : "an http or https address");
        return null;
    }
}
