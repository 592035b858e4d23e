using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Bindings;

/// <summary>A call of an output binding over the API, and what came back.</summary>
internal sealed record OutputCall(HttpStatusCode Status, byte[] Bytes, IReadOnlyDictionary<string, string> Metadata)
{
    private const string HeaderPrefix = "metadata.";

    /// <summary>The status as a number.</summary>
    public int Code => (int)Status;

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The message of an error; the code is checked on the way.</summary>
    public string Fault
    {
        get
        {
            var error = JsonNode.Parse(Text)!;
            Assert.Equal((500, "ERR_INVOKE_OUTPUT_BINDING"), (Code, (string?)error["errorCode"]));
            return (string)error["message"]!;
        }
    }

    /// <summary>Calls a binding; <paramref name="data"/> is JSON text.</summary>
    public static async Task<OutputCall> SendAsync(AppProcess app, string name, string operation, string? data = null, params (string Key, string Value)[] metadata)
    {
        using var client = app.Client();
        return await SendAsync(client, name, operation, data, metadata);
    }

    /// <summary>The same by a client of the app.</summary>
    public static async Task<OutputCall> SendAsync(HttpClient client, string name, string operation, string? data, params (string Key, string Value)[] metadata)
    {
        var body = new JsonObject { ["operation"] = operation };
        if (data is not null)
        {
            body["data"] = JsonNode.Parse(data);
        }

        if (metadata.Length > 0)
        {
            body["metadata"] = new JsonObject(metadata.Select(item => KeyValuePair.Create(item.Key, (JsonNode?)item.Value)));
        }

        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri($"v1.0/bindings/{name}", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var found = response.Headers.Where(header => header.Key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key[HeaderPrefix.Length..], header => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(string.Join(", ", header.Value))), StringComparer.OrdinalIgnoreCase);
        return new OutputCall(response.StatusCode, bytes, found);
    }
}
