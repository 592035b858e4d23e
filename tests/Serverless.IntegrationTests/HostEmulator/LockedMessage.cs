using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>A Service Bus message under a lock.</summary>
/// <param name="Lock">The lock's address.</param>
/// <param name="Body">The body.</param>
/// <param name="ContentType">The body's type, or null.</param>
/// <param name="Broker">BrokerProperties.</param>
/// <param name="Properties">The sender's own properties.</param>
internal sealed record LockedMessage(Uri Lock, byte[] Body, string? ContentType, JsonObject Broker, JsonObject Properties)
{
    private static readonly string[] Known = ["BrokerProperties", "Location", "Date", "Server", "Strict-Transport-Security", "Transfer-Encoding"];

    public static async Task<LockedMessage> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var properties = new JsonObject();
        foreach (var (name, values) in response.Headers.Where(header => !Known.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            properties[name] = string.Join(',', values).Trim('"');
        }

        return new LockedMessage(
            response.Headers.Location!,
            await response.Content.ReadAsByteArrayAsync(cancellationToken),
            response.Content.Headers.ContentType?.ToString(),
            (JsonObject)JsonNode.Parse(response.Headers.GetValues("BrokerProperties").Single())!,
            properties);
    }
}
