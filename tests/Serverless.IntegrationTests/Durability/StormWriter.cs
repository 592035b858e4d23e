using System.Globalization;
using System.Net;
using System.Text;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Durability;

/// <summary>Writes as fast as it is answered, until the process dies under it.</summary>
internal sealed class StormWriter(int number)
{
    private const int KeyCount = 40;
    private long _value;

    public WriteLedger Ledger { get; } = new();

    /// <summary>Runs until <paramref name="stop"/> or until the connection breaks.</summary>
    public async Task RunAsync(HttpClient client, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await WriteAsync(client, stop);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // The process was killed: what was in flight stays attempted, not acknowledged.
        }
    }

    // Every third write is a transaction over two keys.
    private async Task WriteAsync(HttpClient client, CancellationToken stop)
    {
        var value = ++_value;
        string[] keys = value % 3 == 0 ? [Key(value), Key(value + 1)] : [Key(value)];
        var isTransaction = keys.Length > 1;
        foreach (var key in keys)
        {
            Ledger.Attempt(key, value);
        }

        using var content = new StringContent(isTransaction ? Transaction(keys, value) : Save(keys[0], value), Encoding.UTF8);
        var path = $"v1.0/state/{IWireTarget.StoreName}{(isTransaction ? "/transaction" : "")}";
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content, stop);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        foreach (var key in keys)
        {
            Ledger.Acknowledge(key, value);
        }
    }

    private string Key(long value) => string.Create(CultureInfo.InvariantCulture, $"storm-{number}-{value % KeyCount}");

    private static string Save(string key, long value) => $"[{{\"key\":\"{key}\",\"value\":{value}}}]";

    private static string Transaction(string[] keys, long value)
    {
        var operations = keys.Select(key => """{"operation":"upsert","request":{"key":"KEY","value":VALUE}}"""
            .Replace("KEY", key, StringComparison.Ordinal)
            .Replace("VALUE", value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        return $"{{\"operations\":[{string.Join(',', operations)}]}}";
    }
}
