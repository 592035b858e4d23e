using Serverless.Components.Clients.WebCalls;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.TwilioSendGrid;

/// <summary>Settings of <c>bindings.twilio.sendgrid</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/sendgrid.</remarks>
internal sealed record SendGridOptions
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(60);

    /// <summary>Where mail is sent. <c>endpoint</c>, which daprd does not have, names SendGrid's European region.</summary>
    public required Uri Address { get; init; }

    /// <summary>The key of the account.</summary>
    public required string ApiKey { get; init; }

    /// <summary>What a call may leave out, by the names of request metadata.</summary>
    public required IReadOnlyDictionary<string, string> Defaults { get; init; }

    /// <summary>How long a call may take: <c>timeout</c>, which daprd does not have.</summary>
    public TimeSpan Limit { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="ComponentException">One or more are faulty.</exception>
    public static SendGridOptions Read(ComponentMetadata metadata)
    {
        var binder = metadata.Bind();
        var options = new SendGridOptions
        {
            Address = new Uri($"{WebEndpoint.ReadSecure(binder, "endpoint", "https://api.sendgrid.com").GetLeftPart(UriPartial.Authority)}/v3/mail/send"),
            ApiKey = binder.Required("apiKey"),
            Defaults = binder.Texts(SendGridMail.Names),
            Limit = WebEndpoint.ReadLimit(binder, "timeout", UsualLimit),
        };
        if (!WebHeaders.IsValue(options.ApiKey))
        {
            binder.Fault("apiKey", "text without control characters");
        }

        binder.ThrowIfFaulty();
        return options;
    }
}
