using System.Text.Json;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>The <c>details</c> of rich state errors (dapr-http-api.md §1.10, §2).</summary>
internal static class StateDetails
{
    private const string Type = "type.googleapis.com/google.rpc.";

    public const string ResourceInfo =
        $$"""{"@type":"{{Type}}ResourceInfo","resource_type":"state","resource_name":"{store}","owner":"","description":""}""";

    /// <summary>An ErrorInfo with the app id, alone.</summary>
    public static string App(string reason) => $"[{ErrorInfo(reason, """{"appID":"app"}""")}]";

    /// <summary>An ErrorInfo whose metadata is null, alone.</summary>
    public static string Plain(string reason) => $"[{ErrorInfo(reason, "null")}]";

    public static string QueryNotSupported => $"[{ResourceInfo},{ErrorInfo("DAPR_STATE_QUERYING_NOT_SUPPORTED", "null")}]";

    public static string TransactionsNotSupported =>
        $$"""
        [{"@type":"{{Type}}Help","links":[{"url":"https://docs.dapr.io/reference/components-reference/supported-state-stores/",
          "description":"Check the list of state stores and the features they support"}]},
         {{ResourceInfo}},{{ErrorInfo("DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED", "null")}}]
        """;

    /// <summary>The details of a transaction with too many operations.</summary>
    public static string TooManyOperations(int operations, int most) =>
        $$"""[{{ResourceInfo}},{{ErrorInfo("DAPR_STATE_TOO_MANY_TRANSACTIONS", $$"""{"currentOpsTransaction":"{{operations}}","maxOpsPerTransaction":"{{most}}"}""")}}]""";

    /// <summary>The message of an illegal key.</summary>
    public static string IllegalKeyMessage(string key) =>
        $"api error: code = InvalidArgument desc = input key/keyPrefix '{key}' can't contain '||'";

    /// <summary>The details of an illegal key; a transaction sends its field empty.</summary>
    public static string IllegalKey(string key, string field) =>
        $$"""
        [{"@type":"{{Type}}BadRequest","field_violations":[{"field":{{Quote(field)}},"description":{{Quote(IllegalKeyMessage(key))}}}]},
         {{ResourceInfo}},{{ErrorInfo("DAPR_STATE_ILLEGAL_KEY", "null")}}]
        """;

    private static string ErrorInfo(string reason, string metadata) =>
        $$"""{"@type":"{{Type}}ErrorInfo","domain":"dapr.io","metadata":{{metadata}},"reason":"{{reason}}"}""";

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
