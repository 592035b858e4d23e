using Microsoft.AspNetCore.Http;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>Moves headers between Kestrel's requests and responses and the client that calls the handler.</summary>
internal static class RequestCopy
{
    public static void CopyHeaders(HttpRequest from, HttpRequestMessage to)
    {
        foreach (var (name, values) in from.Headers)
        {
            if (!HopHeaders.Contains(name) && !name.StartsWith(':') && !name.Equals("Host", StringComparison.OrdinalIgnoreCase)
                && !to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                to.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    public static void CopyHeaders(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        foreach (var (name, values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
        {
            if (!HopHeaders.Contains(name))
            {
                to.Headers.Append(name, values.ToArray());
            }
        }
    }
}
