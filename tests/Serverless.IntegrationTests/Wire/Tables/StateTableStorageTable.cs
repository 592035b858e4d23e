using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §3.3 and design.md §4: what Table Storage answers otherwise than the other stores.</summary>
internal static class StateTableStorageTable
{
    private const string Key = "/v1.0/state/{store}/{k}";
    private const string Expiry = "metadata.ttlExpireTime";
    private const string Stale = "W/\\\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\\\"";
    private static readonly string TooLarge = new('x', 32 * 1024);
    private static readonly string BeyondARow = new('x', 1 << 20);

    public static IEnumerable<WireCase> Rows =>
    [
        .. Both.Select(row => row.On(WireTargets.Tables)), .. Plain.Select(row => row.On(WireTargets.Table)), .. Extended.Select(row => row.On(WireTargets.ExtendedTable)),
    ];

    private static IEnumerable<WireCase> Both =>
    [
        new("TableEtag_OfMissingKey_204", SaveWith($"\"etag\":\"{Stale}\"", Empty()), Read(Bytes("2"))),
        new("TableEtag_TextOfMissingKey_204", SaveWith("\"etag\":\"nonsense\"", Empty()), Read(Bytes("2"))),
        new("TableEtag_OfTheServicesForm_409", Save("1"), SaveWith($"\"etag\":\"{Stale}\"", Mismatch), Read(Bytes("1"))),
        new("TableOptions_Unknown_204",
            SaveWith("\"options\":{\"concurrency\":\"maybe\",\"consistency\":\"sometimes\"}", Empty()),
            Delete($"{Key}?concurrency=maybe&consistency=sometimes", Empty()),
            Read(Empty())),
        new("TableKey_TooLong_500", SaveItems($$"""[{"key":"{{new string('x', 513)}}","value":1}]""", Failed("the RowKey has 513 characters"))),
    ];

    private static IEnumerable<WireCase> Plain =>
    [
        new("TableTtl_Any_HasNoEffect", SaveWith("\"metadata\":{\"ttlInSeconds\":\"abc\"}", Empty()), Read(Bytes("2").WithHeader(Expiry, null))),
        new("TableTransaction_Any_500",
            Transaction(
                """{"operations":[{"operation":"upsert","request":{"key":"{k}","value":1}}]}""",
                Rich(500, "ERR_STATE_STORE_NOT_SUPPORTED", "state store {store} doesn't support transactions", StateDetails.TransactionsNotSupported)),
            Read(Empty())),
        new("TableKey_IllegalCharacter_500", SaveItems("""[{"key":"{k}/x","value":1}]""", Failed("the RowKey holds the character U+002F"))),
        new("TableValue_TooLarge_500", SaveItems($$"""[{"key":"{k}","value":"{{TooLarge}}"}]""", Failed("the value has 32770 bytes of text")), Read(Empty())),
    ];

    private static IEnumerable<WireCase> Extended =>
    [
        new("TableTtl_BelowMinusOne_500", SaveWith("\"metadata\":{\"ttlInSeconds\":\"-5\"}", Failed("")), Read(Empty())),
        new("TableValue_Large_204", SaveItems($$"""[{"key":"{k}","value":"{{TooLarge}}"}]""", Empty()), Read(Bytes($"\"{TooLarge}\""))),
        new("TableValue_BeyondARow_500",
            SaveItems($$"""[{"key":"{k}","value":"{{BeyondARow}}"}]""", Failed("a row can't have more than 1048576 bytes")), Read(Empty())),
        new("TableTransaction_TooManyOperations_400",
            Transaction(
                $$"""{"operations":[{{string.Join(',', Enumerable.Repeat("""{"operation":"upsert","request":{"key":"{k}","value":1}}""", 101))}}]}""",
                Rich(
                    400,
                    "ERR_STATE_STORE_TOO_MANY_TRANSACTIONS",
                    "the transaction contains 101 operations, which is more than what the state store supports: 100",
                    StateDetails.TooManyOperations(101, 100))),
            Read(Empty())),
    ];

    private static WireAnswer Mismatch { get; } =
        ErrorLike(409, "ERR_STATE_SAVE", "failed saving state in state store {store}: possible etag mismatch. error from state store");

    private static WireAnswer Failed(string detail) =>
        ErrorLike(500, "ERR_STATE_SAVE", $"failed saving state in state store {{store}}: {detail}");

    private static WireStep SaveWith(string members, WireAnswer answer) => SaveItems($$"""[{"key":"{k}","value":2,{{members}} }]""", answer);
}
