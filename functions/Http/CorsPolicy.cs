using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Serverless.Functions.Http;

/// <summary>Cross-origin headers for browsers, on when <c>--allowed-origins</c> is given.</summary>
/// <remarks>Dapr uses the go-chi/cors middleware: all request headers, no credentials, a preflight is answered with 200.</remarks>
internal sealed class CorsPolicy
{
    private static readonly string[] Methods = ["HEAD", "GET", "POST", "PUT", "PATCH", "DELETE"];
    private readonly bool _allowsAll;
    private readonly List<(string Head, string Tail)> _origins = [];

    private CorsPolicy(string allowedOrigins)
    {
        foreach (var origin in allowedOrigins.ToLowerInvariant().Split(','))
        {
            var star = origin.IndexOf('*', StringComparison.Ordinal);
            _allowsAll |= origin == "*";
            _origins.Add(star < 0 ? (origin, "") : (origin[..(star + 1)], origin[(star + 1)..]));
        }
    }

    /// <summary>The policy, or null when CORS handling is off.</summary>
    public static CorsPolicy? Create(string allowedOrigins) => allowedOrigins.Length == 0 ? null : new CorsPolicy(allowedOrigins);

    /// <summary>Adds the headers; true when the request was a preflight and is answered.</summary>
    public bool Answers(HttpContext http)
    {
        var request = http.Request;
        var response = http.Response.Headers;
        var wanted = request.Headers.AccessControlRequestMethod;
        var origin = First(request.Headers.Origin);
        response.Append("Vary", "Origin");
        if (!HttpMethods.IsOptions(request.Method) || StringValues.IsNullOrEmpty(wanted))
        {
            if (Allows(origin) && IsAllowedMethod(request.Method))
            {
                response.AccessControlAllowOrigin = _allowsAll ? "*" : origin;
            }

            return false;
        }

        response.Append("Vary", "Access-Control-Request-Method");
        response.Append("Vary", "Access-Control-Request-Headers");
        if (Allows(origin) && IsAllowedMethod(First(wanted)))
        {
            response.AccessControlAllowOrigin = _allowsAll ? "*" : origin;
            response.AccessControlAllowMethods = First(wanted).ToUpperInvariant();
            if (HeaderNames(First(request.Headers.AccessControlRequestHeaders)) is { Length: > 0 } names)
            {
                response.AccessControlAllowHeaders = names;
            }
        }

        return true;
    }

    private static string First(StringValues values) => values.Count > 0 ? values[0] ?? "" : "";

    private static bool IsAllowedMethod(string method) =>
        HttpMethods.IsOptions(method) || Methods.Contains(method.ToUpperInvariant());

    private static string HeaderNames(string list) => string.Join(", ",
        list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(name => string.Join('-', name.Split('-').Select(part => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(part.ToLowerInvariant())))));

    private bool Allows(string origin)
    {
        if (origin.Length == 0)
        {
            return false;
        }

        origin = origin.ToLowerInvariant();
        return _allowsAll || _origins.Exists(allowed => allowed.Head is [.. var head, '*']
            ? origin.Length >= head.Length + allowed.Tail.Length
                && origin.StartsWith(head, StringComparison.Ordinal) && origin.EndsWith(allowed.Tail, StringComparison.Ordinal)
            : origin == allowed.Head);
    }
}
