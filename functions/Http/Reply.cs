using System.Text;

namespace Serverless.Functions.Http;

/// <summary>The shapes of answer that Dapr's API has.</summary>
internal static class Reply
{
    public const string JsonType = "application/json";

    /// <summary>204 without a body.</summary>
    public static Task EmptyAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    public static Task ErrorAsync(HttpContext http, DaprError error) => JsonAsync(http, error.Status, error.ToJson());

    public static async Task JsonAsync(HttpContext http, int status, ReadOnlyMemory<byte> json)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = JsonType;
        response.ContentLength = json.Length;
        if (json.Length > 0)
        {
            await response.BodyWriter.WriteAsync(json, http.RequestAborted);
        }
    }

    /// <summary>Plain text with a line feed, as Go's http.Error sends it.</summary>
    public static async Task TextAsync(HttpContext http, int status, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text + "\n");
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = bytes.Length;
        await response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
    }
}
