using System.Net;

namespace Serverless.Components.Clients.WebCalls;

/// <summary>Decides whether an answer sends the call on.</summary>
/// <remarks>RFC 9110 section 15.4. Go: net/http, redirectBehavior.</remarks>
internal static class WebRedirect
{
    /// <summary>The call to send instead; null when the answer is no redirect, or one that leaves the server.</summary>
    public static WebRequest? Follow(WebRequest request, HttpResponseMessage response)
    {
        var isKept = response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        if ((!isKept && response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther))
            || response.Headers.Location is not { } location
            || !Uri.TryCreate(request.Address, location, out var next)
            || Uri.Compare(next, request.Address, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            return null;
        }

        return isKept || request.Method == HttpMethod.Get || request.Method == HttpMethod.Head
            ? request with { Address = next }
            : request with { Address = next, Method = HttpMethod.Get, Body = null, Headers = request.Headers.WithoutContent() };
    }
}
