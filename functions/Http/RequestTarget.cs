using Microsoft.AspNetCore.Http.Features;

namespace Serverless.Functions.Http;

/// <summary>The path of a request in the form that routes are matched on.</summary>
internal static class RequestTarget
{
    /// <summary>
    /// The path before cleaning. Standalone it is the raw target's, still encoded. The Functions host may have added one
    /// more layer of encoding, so behind it Kestrel's path is taken: decoded except for <c>%2F</c>.
    /// </summary>
    public static string RawPath(HttpContext http, bool underHost)
    {
        if (underHost)
        {
            return http.Request.Path.Value ?? "";
        }

        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        return path is ['/', ..] ? path : AfterAuthority(path);
    }

    /// <summary>Removes empty, <c>.</c> and <c>..</c> segments and the trailing slash, without decoding anything.</summary>
    /// <remarks>Go: path.Clean.</remarks>
    public static string Clean(string path)
    {
        if (IsClean(path))
        {
            return path;
        }

        var cleaned = new char[path.Length + 1];
        var length = 0;
        foreach (var range in path.AsSpan().Split('/'))
        {
            switch (path.AsSpan(range))
            {
                case "" or ".":
                    break;
                case "..":
                    length = Math.Max(cleaned.AsSpan(0, length).LastIndexOf('/'), 0);
                    break;
                case var segment:
                    cleaned[length++] = '/';
                    segment.CopyTo(cleaned.AsSpan(length));
                    length += segment.Length;
                    break;
            }
        }

        return length == 0 ? "/" : new string(cleaned, 0, length);
    }

    private static bool IsClean(string path) =>
        path is "/" or "*"
        || (path is ['/', .., not '/'] && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal));

    // Absolute form (http://host/path). Asterisk and authority form have no path and match nothing.
    private static string AfterAuthority(string target)
    {
        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return "*";
        }

        var slash = target.IndexOf('/', scheme + 3);
        return slash < 0 ? "/" : target[slash..];
    }
}
