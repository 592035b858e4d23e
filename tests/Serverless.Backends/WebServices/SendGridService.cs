using System.Text.Json.Nodes;
using Serverless.Backends.Faults;

namespace Serverless.Backends.WebServices;

/// <summary>Sending mail at SendGrid.</summary>
/// <remarks>twilio.com/docs/sendgrid/api-reference/mail-send/mail-send: a bearer key, JSON, 202, and the errors of its examples.</remarks>
public static class SendGridService
{
    /// <summary>The only key that is taken.</summary>
    public const string Key = "SG.key-must-stay-secret";

    /// <summary>Answers a request.</summary>
    public static ServerAnswer Answer(ScriptedCall call)
    {
        if (call.Header("Authorization") != $"Bearer {Key}")
        {
            return JsonAnswer.Of(401, """{"errors":[{"message":"The provided authorization grant is invalid, expired, or revoked","field":null,"help":null}]}""");
        }

        if ((call.Method, call.Target, call.Header("Content-Type")) != ("POST", "/v3/mail/send", "application/json"))
        {
            return JsonAnswer.Of(404, """{"errors":[{"message":"not found"}]}""");
        }

        var mail = JsonNode.Parse(call.Text)!.AsObject();
        var receiver = (string?)mail["personalizations"]![0]!["to"]![0]!["email"];
        return mail["from"]!["email"] is null || mail["content"]!.AsArray().Count == 0 || receiver?.Contains('@', StringComparison.Ordinal) != true
            ? JsonAnswer.Of(400, """{"errors":[{"message":"Does not contain a valid address.","field":"personalizations.0.to.0.email","help":"http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message.personalizations.to"}]}""")
            : new ServerAnswer(202);
    }
}
