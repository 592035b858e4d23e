using System.Text;
using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Bindings;

/// <summary>A call of an output binding over the API, and what came back.</summary>
internal sealed record OutputCall(int Status, string Body, byte[] Bytes, IReadOnlyDictionary<string, string> Metadata)
{
    private const string HeaderPrefix = "metadata.";

    /// <summary>The message of an error; the code is checked on the way.</summary>
    public string Fault
    {
        get
        {
            var error = JsonNode.Parse(Body)!;
            Assert.Equal((500, "ERR_INVOKE_OUTPUT_BINDING"), (Status, (string?)error["errorCode"]));
            return (string)error["message"]!;
        }
    }

    /// <summary>Calls a binding; <paramref name="data"/> is JSON text.</summary>
    public static async Task<OutputCall> SendAsync(AppProcess app, string name, string operation, string? data = null, params (string Key, string Value)[] metadata)
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

        using var client = app.Client();
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri($"v1.0/bindings/{name}", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var found = response.Headers.Where(header => header.Key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key[HeaderPrefix.Length..], header => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(string.Join(", ", header.Value))), StringComparer.OrdinalIgnoreCase);
        return new OutputCall((int)response.StatusCode, Encoding.UTF8.GetString(bytes), bytes, found);
    }
}
