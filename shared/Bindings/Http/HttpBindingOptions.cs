using System.Net.Security;
using System.Text;
using Serverless.Components.Clients.WebCalls;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.Http;

/// <summary>Settings of <c>bindings.http</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/http.</remarks>
internal sealed record HttpBindingOptions
{
    private const long LongestAnswer = 100 << 20;
    private const string Never = "RenegotiateNever";

    /// <summary>The address without user and password.</summary>
    public required Uri Url { get; init; }

    /// <summary>Headers of each call: what the address's user and password give, then <c>securityTokenHeader</c> with <c>securityToken</c>.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Credentials { get; init; }

    /// <summary>Whether an answer other than 2xx is a failure.</summary>
    public bool ErrorIfNot2xx { get; init; } = true;

    /// <summary>How to call.</summary>
    public required WebCallerOptions Caller { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="ComponentException">One or more are faulty.</exception>
    public static HttpBindingOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var url = ReadUrl(binder);
        var options = new HttpBindingOptions
        {
            Url = new UriBuilder(url) { UserName = "", Password = "" }.Uri,
            Credentials = ReadCredentials(binder, url),
            ErrorIfNot2xx = binder.Boolean("errorIfNot2XX", true),
            Caller = new WebCallerOptions
            {
                Limit = ReadLimit(binder),
                LongestAnswer = ReadLongestAnswer(binder),
                Tls = ReadTls(binder),
                Time = context.Host.Time,
            },
        };
        binder.ThrowIfFaulty();
        return options;
    }

    private static Uri ReadUrl(MetadataBinder binder)
    {
        var text = binder.Required("url");
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Fragment.Length == 0 && url.Host.Length > 0)
        {
            return url;
        }

        if (text.Length > 0)
        {
            binder.Fault("url", "an http or https address without a fragment");
        }

        return new Uri("http://localhost/");
    }

    private static List<KeyValuePair<string, string>> ReadCredentials(MetadataBinder binder, Uri url)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (url.UserInfo is { Length: > 0 } user)
        {
            var pair = Uri.UnescapeDataString(user.Contains(':', StringComparison.Ordinal) ? user : $"{user}:");
            headers.Add(new("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}"));
        }

        if (binder.Text("securityToken") is { } token && binder.Text("securityTokenHeader") is { } header)
        {
            if (!WebHeaders.IsName(header) || WebHeaders.IsFraming(header))
            {
                binder.Fault("securityTokenHeader", "the name of a header that a request may carry");
            }

            if (!WebHeaders.IsValue(token))
            {
                binder.Fault("securityToken", "text without control characters");
            }

            headers.Add(new(header, token));
        }

        return headers;
    }

    private static TimeSpan? ReadLimit(MetadataBinder binder)
    {
        var limit = binder.Duration("responseTimeout");
        if (limit is { } value && (value <= TimeSpan.Zero || value.TotalMilliseconds > uint.MaxValue - 1))
        {
            binder.Fault("responseTimeout", "a duration of more than nothing and less than 49 days");
        }

        return limit;
    }

    private static long ReadLongestAnswer(MetadataBinder binder)
    {
        if (binder.Text("maxResponseBodySize") is not { } text)
        {
            return LongestAnswer;
        }

        if (!DaprText.TryParseQuantity(text, out var bytes))
        {
            binder.Fault("maxResponseBodySize", "a size such as 100Mi or a number of bytes");
        }

        return Math.Max(bytes, 0);
    }

    private static SslClientAuthenticationOptions ReadTls(MetadataBinder binder)
    {
        var tls = new SslClientAuthenticationOptions { AllowRenegotiation = binder.OneOf("MTLSRenegotiation", Never, Never, "RenegotiateOnceAsClient", "RenegotiateFreelyAsClient") != Never };
        HttpBindingCertificates.Read(binder, tls);
        return tls;
    }
}
