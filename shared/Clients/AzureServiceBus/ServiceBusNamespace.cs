using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>A namespace of Service Bus, and how to be let in.</summary>
/// <param name="Endpoint">The namespace's http address, without a path.</param>
/// <param name="Credential">What proves who asks.</param>
/// <param name="EntityPath">The only queue or topic that the credential is for; null when it is for the whole namespace.</param>
internal sealed record ServiceBusNamespace(Uri Endpoint, ServiceBusCredential Credential, string? EntityPath = null)
{
    /// <summary>Reads a connection string.</summary>
    /// <remarks><c>Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…</c> or <c>SharedAccessSignature=…</c>, perhaps with <c>EntityPath=…</c>.</remarks>
    /// <exception cref="FormatException">Something is missing or malformed; the message names it and quotes nothing.</exception>
    public static ServiceBusNamespace Parse(string connectionString)
    {
        var parts = new ConnectionString(connectionString);
        if (parts.IsSet("UseDevelopmentEmulator"))
        {
            throw new FormatException("the connection string is of Microsoft's emulator, which does not speak Service Bus over HTTP");
        }

        var endpoint = ParseEndpoint(parts["Endpoint"] ?? throw new FormatException("the connection string has no Endpoint"));
        var credential = (parts["SharedAccessKeyName"], parts["SharedAccessKey"], parts["SharedAccessSignature"]) switch
        {
            ({ } name, { } key, _) => ServiceBusCredential.SharedKey(name, key),
            (_, _, { } signature) => ServiceBusCredential.Signature(signature),
            _ => throw new FormatException("the connection string has neither SharedAccessKeyName with SharedAccessKey nor SharedAccessSignature"),
        };
        return new ServiceBusNamespace(endpoint, credential, parts["EntityPath"]);
    }

    /// <summary>Reads a namespace's host or address.</summary>
    /// <exception cref="FormatException">It is none; the message does not quote it.</exception>
    public static Uri ParseEndpoint(string text)
    {
        var address = text.Contains("://", StringComparison.Ordinal) ? text : $"sb://{text}";
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "sb" or "https" or "http" && uri.Host.Length > 0 && uri.UserInfo.Length == 0)
        {
            var scheme = uri.Scheme == "http" ? "http" : "https";
            var port = uri.IsDefaultPort ? "" : $":{uri.Port}";
            return new Uri($"{scheme}://{uri.IdnHost}{port}/");
        }

        throw new FormatException("the endpoint is no address of a namespace");
    }
}
