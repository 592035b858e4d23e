using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §1.3 and design.md §2: path parameters are decoded once, by query rules.</summary>
internal static class EscapingTable
{
    public static IEnumerable<WireCase> Rows =>
    [
        Escaped("Space", "{k} x", "{k}%20x"),
        Escaped("EscapedPlus", "{k}+x", "{k}%2Bx"),
        Escaped("EscapedPercent", "{k}%20x", "{k}%2520x"),
        Escaped("EscapedQuestionMark", "{k}?x", "{k}%3Fx").On(WireTargets.AnyKey),
        Escaped("EscapedHash", "{k}#x", "{k}%23x").On(WireTargets.AnyKey),
        Escaped("EscapedLetter", "{k}x", "{k}%78"),
        Escaped("Slash", "{k}/x", "{k}%2Fx").On(WireTargets.AnyKey),
        Escaped("EscapedDots", "{k}/../x", "{k}%2F..%2Fx").On(WireTargets.Transactional),
        Escaped("Unreserved", "{k}-._~!$&'()*,;=:@", "{k}-._~!$&'()*,;=:@"),
        Escaped("Plus", "{k} x", "{k}+x").On(WireTargets.Standalone),
        Escaped("PlusThroughHost", "{k}+x", "{k}+x").On(WireTargets.Host),
        Escaped("EscapedSlashTwice", "{k}%2Fx", "{k}%252Fx").On(WireTargets.Standalone),
        Bad("Escape", "%zz", "key"),
        Bad("HalfEscape", "x%2", "key"),
        Bad("LonePercent", "100%", "key"),
        new WireCase("Escaping_BadStoreName_400", Get(
            "/v1.0/state/%zz/key",
            new WireAnswer(400) { ContentType = PlainText, BodyPrefix = "failed to unescape request parameter \"storeName\". Error: " }))
            .On(WireTargets.Standalone),
        new("Escaping_StoreName_IsDecoded",
            Save("1"),
            Get("/v1.0/state/%73tatestore/{k}", Bytes("1"))),
        new WireCase("Escaping_DeleteUsesTheDecodedKey",
            SaveItems("""[{"key":"{k}/x y","value":1}]""", Empty()),
            Delete("/v1.0/state/{store}/{k}%2Fx%20y", Empty()),
            Get("/v1.0/state/{store}/{k}%2Fx%20y", Empty())).On(WireTargets.AnyKey),
    ];

    private static WireCase Escaped(string name, string key, string inUrl) => new(
        $"Escaping_{name}_DecodedOnce",
        SaveItems($$"""[{"key":"{{key}}","value":"{{name}}"}]""", Empty()),
        Get($"/v1.0/state/{{store}}/{inUrl}", Bytes($"\"{name}\"")));

    private static WireCase Bad(string name, string segment, string parameter) =>
        new WireCase($"Escaping_Bad{name}_400", Get(
            $"/v1.0/state/{{store}}/{segment}",
            new WireAnswer(400) { ContentType = PlainText, BodyPrefix = $"failed to unescape request parameter \"{parameter}\". Error: " }))
            .On(WireTargets.Standalone);
}
