using Microsoft.AspNetCore.Http;

namespace Serverless.Backends.Faults;

/// <summary>A request as a protocol server got it; neither its body nor the values of its headers are kept.</summary>
public sealed record RecordedRequest(string Method, string Path, string Query, IReadOnlyList<string> HeaderNames, bool HasBody)
{
    /// <summary>True when it came with an Authorization header, or the key of Event Grid or of a Functions app.</summary>
    public bool IsAuthorized => HeaderNames.Any(name => name.ToLowerInvariant() is "authorization" or "aeg-sas-key") || Query.Contains("code=", StringComparison.Ordinal);

    /// <summary>The status of its answer; null while there is none, and after a reset or a stall.</summary>
    public int? Status { get; internal set; }

    internal static RecordedRequest Of(HttpRequest request, int bodyLength) =>
        new(request.Method, request.Path.Value ?? "/", request.QueryString.Value ?? "", [.. request.Headers.Keys], bodyLength > 0);
}
