using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.4: saves that are refused.</summary>
internal static class StateSaveErrorTable
{
    private static readonly (string Name, string Body)[] Malformed =
    [
        ("EmptyBody", ""),
        ("Whitespace", "  "),
        ("Object", """{"key":"{k}","value":1}"""),
        ("Text", "\"x\""),
        ("Number", "1"),
        ("Truncated", """[{"key":"{k}","value":1}"""),
        ("TrailingComma", """[{"key":"{k}","value":1},]"""),
        ("TrailingCommaInItem", """[{"key":"{k}","value":1,}]"""),
        ("NotJson", "oops"),
        ("SingleQuotes", "[{'key':'{k}'}]"),
        ("Comment", """[/* no */{"key":"{k}","value":1}]"""),
        ("KeyNumber", """[{"key":1,"value":1}]"""),
        ("EtagNumber", """[{"key":"{k}","value":1,"etag":1}]"""),
        ("MetadataText", """[{"key":"{k}","value":1,"metadata":"x"}]"""),
        ("MetadataArray", """[{"key":"{k}","value":1,"metadata":["x"]}]"""),
        ("MetadataValueNumber", """[{"key":"{k}","value":1,"metadata":{"ttlInSeconds":60}}]"""),
        ("OptionsText", """[{"key":"{k}","value":1,"options":"x"}]"""),
        ("ConcurrencyNumber", """[{"key":"{k}","value":1,"options":{"concurrency":1}}]"""),
        ("ConsistencyNumber", """[{"key":"{k}","value":1,"options":{"consistency":1}}]"""),
        ("ItemText", """["x"]"""),
        ("ItemNumber", "[1]"),
        ("ItemArray", "[[]]"),
    ];

    public static IEnumerable<WireCase> Rows =>
    [
        .. Malformed.Select(row => new WireCase(
            $"Save_{row.Name}_400",
            SaveItems(row.Body, new WireAnswer(400) { ErrorCode = "ERR_MALFORMED_REQUEST", MessagePrefix = "", ContentType = Json }),
            Read(Empty()))),
        new("Save_KeyMissing_400", SaveItems("""[{"value":1}]""", KeyRequired)),
        new("Save_KeyEmpty_400", SaveItems("""[{"key":"","value":1}]""", KeyRequired)),
        new("Save_KeyNull_400", SaveItems("""[{"key":null,"value":1}]""", KeyRequired)),
        new("Save_ItemNull_KeyRequired", SaveItems("[null]", KeyRequired)),
        new("Save_KeyMissingInSecondItem_NothingStored", SaveItems("""[{"key":"{k}","value":1},{"value":2}]""", KeyRequired), Read(Empty())),
        new WireCase("Save_ConsistencyUnknown_500",
            SaveItems("""[{"key":"{k}","value":1,"options":{"consistency":"sometimes","concurrency":"maybe"}}]""",
                Failed("unrecognized consistency model 'sometimes'")),
            Read(Empty())).On(WireTargets.Full),
        new WireCase("Save_ConcurrencyUnknown_500",
            SaveItems("""[{"key":"{k}","value":1,"options":{"concurrency":"maybe"}}]""", Failed("unrecognized concurrency model 'maybe'")),
            Read(Empty())).On(WireTargets.Full),
        new WireCase("SaveMany_OneOtherFailure_500",
            Save("1"),
            SaveItems(
                """[{"key":"{k}","value":2,"etag":"stale"},{"key":"{k}x","value":1,"options":{"concurrency":"maybe"}}]""",
                ErrorLike(500, "ERR_STATE_SAVE", "failed saving state in state store {store}: ")),
            Read(Bytes("1"))).On(WireTargets.Full),
        new WireCase("SaveMany_AllFailuresAreMismatches_409",
            Save("1"),
            SaveItems(
                """[{"key":"{k}","value":2,"etag":"3f8f5f0e-0000-4000-8000-000000000000"},{"key":"{k}x","value":1}]""",
                ErrorLike(409, "ERR_STATE_SAVE", "failed saving state in state store {store}: ")),
            Read(Bytes("1"))).On(WireTargets.AllButRedis),
    ];

    private static WireAnswer KeyRequired { get; } = Error(400, "ERR_MALFORMED_REQUEST", "\"key\" is a required field");

    private static WireAnswer Failed(string detail) =>
        Error(500, "ERR_STATE_SAVE", $"failed saving state in state store {{store}}: {detail}");
}
