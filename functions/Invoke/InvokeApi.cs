using System.Net.Http.Headers;
using System.Text;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Invoke;

/// <summary>Service invocation, which in Dapr also answers every request that no other endpoint matches.</summary>
/// <remarks>Dapr docs: reference/api/service_invocation_api. Calls themselves are not there yet: no service is ever found.</remarks>
internal sealed class InvokeApi
{
    private const string AppIdHeader = "dapr-app-id";
    private const string MethodMark = "/method/";
    private readonly RuntimeOptions _options;

    public InvokeApi(RuntimeOptions options)
    {
        _options = options;
        Routes =
        [
            new ApiRoute("invoke", "v1.0", "*", "invoke/{*path}", "InvokeService", InvokeAsync) { IsFallback = true },
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private Task InvokeAsync(ApiRequest request) => request.FailAsync(Target(request.Http) is { Length: > 0 } target
        ? DaprError.Internal("ERR_DIRECT_INVOKE", $"failed to invoke, id: {target}, err: couldn't find service: {target}")
        : new DaprError(StatusCodes.Status404NotFound, "ERR_DIRECT_INVOKE",
            "failed getting app id either from the URL path or the header dapr-app-id"));

    /// <summary>The called app: from the header, else from Basic credentials, else from the path.</summary>
    private string? Target(HttpContext http)
    {
        var header = http.Request.Headers[AppIdHeader];
        return header.Count > 0 && header[0] is { Length: > 0 } appId
            ? appId
            : FromCredentials(http.Request.Headers.Authorization) ?? FromPath(RequestTarget.RawPath(http, _options.UnderHost));
    }

    private static string? FromCredentials(string? authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var credentials) || credentials is not { Scheme: "Basic", Parameter: { } encoded })
        {
            return null;
        }

        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':') is [var user, var appId]
            && user.Equals(AppIdHeader, StringComparison.OrdinalIgnoreCase)
            ? appId
            : null;
    }

    // The uncleaned path, because a target may itself be a URL with two slashes.
    private static string? FromPath(string path)
    {
        var rest = path.AsSpan();
        foreach (var segment in (ReadOnlySpan<string>)["v1.0", "invoke"])
        {
            rest = rest.TrimStart('/');
            if (!rest.StartsWith(segment, StringComparison.Ordinal) || rest.Length == segment.Length || rest[segment.Length] != '/')
            {
                return null;
            }

            rest = rest[segment.Length..];
        }

        rest = rest.TrimStart('/');
        var mark = rest.IndexOf(MethodMark, StringComparison.Ordinal);
        return mark <= 0 ? null
            : SegmentText.Unescape(rest[..mark], out _) is { Length: > 0 } target ? target
            : rest[..mark].ToString();
    }
}
