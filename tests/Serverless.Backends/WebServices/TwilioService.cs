using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Serverless.Backends.Faults;

namespace Serverless.Backends.WebServices;

/// <summary>Creating a message at Twilio.</summary>
/// <remarks>twilio.com/docs/messaging/api/message-resource and /docs/usage/requests-to-twilio: Basic authentication, a form, 201.</remarks>
public static class TwilioService
{
    /// <summary>The account of the documentation's examples.</summary>
    public const string Account = "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

    /// <summary>Its token.</summary>
    public const string Token = "your_auth_token_must_stay_secret";

    /// <summary>Answers a request.</summary>
    public static ServerAnswer Answer(ScriptedCall call)
    {
        if (call.Header("Authorization") != $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Account}:{Token}"))}")
        {
            return JsonAnswer.Of(401, """{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}""");
        }

        if ((call.Method, call.Target, call.Header("Content-Type")) != ("POST", $"/2010-04-01/Accounts/{Account}/Messages.json", "application/x-www-form-urlencoded"))
        {
            return JsonAnswer.Of(404, """{"code":20404,"message":"The requested resource was not found","status":404}""");
        }

        var form = QueryHelpers.ParseQuery(call.Text);
        return form["To"] == "+1" || form["Body"].Count != 1 || form["From"].Count != 1
            ? JsonAnswer.Of(400, """{"code":21211,"message":"The 'To' number +1 is not a valid phone number.","status":400}""")
            : JsonAnswer.Of(201, $$"""{"account_sid":"{{Account}}","status":"queued","sid":"SM00000000000000000000000000000000"}""");
    }
}
