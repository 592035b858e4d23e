using System.Net;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.Load;

/// <summary>An answer of the state API.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="ETag">The header, or null.</param>
public sealed record StateAnswer(HttpStatusCode Status, string Body, string? ETag)
{
    // What a server says that has refused a command, and how the message of an Azure client begins, which tells when the fate is unknown.
    private static readonly string[] Refusals = ["not executed", "READONLY", "OOM", "LOADING", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "Blob Storage put blob", "Blob Storage delete blob", "Table Storage "];

    /// <summary>200 or 204.</summary>
    public bool IsSuccess => Status is HttpStatusCode.OK or HttpStatusCode.NoContent;

    /// <summary>Dapr's error code; empty when the body is no error.</summary>
    public string ErrorCode => Error("errorCode");

    /// <summary>The error's message; empty when the body is no error.</summary>
    public string Message => Error("message");

    /// <summary>What became of the write.</summary>
    /// <exception cref="InvalidOperationException">The answer does not tell.</exception>
    public WriteFate Fate => Status switch
    {
        HttpStatusCode.NoContent => WriteFate.Made,
        HttpStatusCode.Conflict => WriteFate.NotMade,
        HttpStatusCode.InternalServerError when ErrorCode is not ("ERR_STATE_SAVE" or "ERR_STATE_TRANSACTION" or "ERR_STATE_DELETE") => throw new InvalidOperationException($"another error: {this}"),
        HttpStatusCode.InternalServerError when Message.Contains("whether it was executed is unknown", StringComparison.Ordinal) => WriteFate.Unknown,
        HttpStatusCode.InternalServerError when Message.Contains("the write itself has been made", StringComparison.Ordinal) => WriteFate.Made,
        HttpStatusCode.InternalServerError when Refusals.Any(refusal => Message.Contains(refusal, StringComparison.Ordinal)) => WriteFate.NotMade,
        _ => throw new InvalidOperationException($"the fate is not told: {this}"),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{(int)Status} {Body}";

    private string Error(string name) => IsSuccess ? "" : JsonNode.Parse(Body)?[name]?.GetValue<string>() ?? "";
}
