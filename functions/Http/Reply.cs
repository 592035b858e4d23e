using System.Buffers;
using System.Text;

namespace Serverless.Functions.Http;

/// <summary>The shapes of answer that Dapr's API has.</summary>
internal static class Reply
{
    public const string JsonType = "application/json";
    private const int SmallBody = 4 << 10;

    /// <summary>204 without a body.</summary>
    public static Task EmptyAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    public static Task ErrorAsync(HttpContext http, DaprError error) => JsonAsync(http, error.Status, error.ToJson());

    public static Task JsonAsync(HttpContext http, int status, ReadOnlyMemory<byte> json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = JsonType;
        return WriteAsync(http, json);
    }

    /// <summary>Plain text with a line feed, as Go's http.Error sends it.</summary>
    public static Task TextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(http, Encoding.UTF8.GetBytes(text + "\n"));
    }

    // A small body waits in the server's buffer and leaves together with the head when the request ends.
    private static Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        http.Response.ContentLength = body.Length;
        if (body.Length > SmallBody)
        {
            return http.Response.BodyWriter.WriteAsync(body, http.RequestAborted).AsTask();
        }

        http.Response.BodyWriter.Write(body.Span);
        return Task.CompletedTask;
    }
}
