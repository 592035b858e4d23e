using System.Text;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.TwilioSms;

/// <summary>Settings of <c>bindings.twilio.sms</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/twilio.</remarks>
internal sealed record TwilioSmsOptions
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(5);

    /// <summary>Where messages are created. <c>endpoint</c>, which daprd does not have, names one of Twilio's regions.</summary>
    public required Uri Address { get; init; }

    /// <summary>The Authorization header.</summary>
    public required string Authorization { get; init; }

    /// <summary>The sender.</summary>
    public required string FromNumber { get; init; }

    /// <summary>The receiver of every message; null when each call names its own.</summary>
    public string? ToNumber { get; init; }

    /// <summary>How long a call may take.</summary>
    public TimeSpan Limit { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="ComponentException">One or more are faulty.</exception>
    public static TwilioSmsOptions Read(ComponentMetadata metadata)
    {
        var binder = metadata.Bind();
        var endpoint = WebEndpoint.ReadSecure(binder, "endpoint", "https://api.twilio.com").GetLeftPart(UriPartial.Authority);
        var account = binder.Required("accountSid");
        if (account.Any(character => !char.IsAsciiLetterOrDigit(character)))
        {
            binder.Fault("accountSid", "letters and digits");
            account = "";
        }

        var options = new TwilioSmsOptions
        {
            Address = new Uri($"{endpoint}/2010-04-01/Accounts/{account}/Messages.json"),
            Authorization = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{binder.Required("authToken")}"))}",
            FromNumber = binder.Required("fromNumber"),
            ToNumber = binder.Text("toNumber"),
            Limit = WebEndpoint.ReadLimit(binder, "timeout", UsualLimit),
        };
        binder.ThrowIfFaulty();
        return options;
    }
}
