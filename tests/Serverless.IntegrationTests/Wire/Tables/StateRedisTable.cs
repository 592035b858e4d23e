using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §3.2: what Redis answers otherwise than the other stores.</summary>
internal static class StateRedisTable
{
    private const string Key = "/v1.0/state/{store}/{k}";
    private const string Expiry = "metadata.ttlExpireTime";

    public static IEnumerable<WireCase> Rows => Cases.Select(row => row.On(WireTargets.Redis));

    private static IEnumerable<WireCase> Cases =>
    [
        new("RedisEtag_CountsTheWrites", Save("1"), Read(Etag("1")), Save("1"), Read(Etag("2"))),
        new("RedisEtag_OtherText_400", Save("1"), SaveWith("\"etag\":\"nonsense\"", Invalid), Read(Etag("1"))),
        new("RedisEtag_Uuid_400", Save("1"), SaveWith("\"etag\":\"3f8f5f0e-0000-4000-8000-000000000000\"", Invalid), Read(Etag("1"))),
        new("RedisEtag_Stale_409", Save("1"), SaveWith("\"etag\":\"99\"", Mismatch), Read(Etag("1"))),
        new("RedisEtag_OfMissingKey_204", SaveWith("\"etag\":\"99\"", Empty()), Read(Etag("1"))),
        new("RedisEtag_StaleWithLastWrite_204",
            Save("1"), SaveWith("\"etag\":\"99\",\"options\":{\"concurrency\":\"last-write\"}", Empty()), Read(Etag("2"))),
        new("RedisEtag_TextWithLastWrite_204",
            Save("1"), SaveWith("\"etag\":\"nonsense\",\"options\":{\"concurrency\":\"last-write\"}", Empty()), Read(Etag("2"))),
        new("RedisEtag_OfDeletedAndRecreatedKey_204",
            Save("1"), Delete(Key, Empty()), Save("1"), SaveWith("\"etag\":\"1\"", Empty()), Read(Etag("2"))),
        new("RedisEtag_SaveManyOneInvalid_400",
            Save("1"),
            SaveItems(
                """[{"key":"{k}","value":2,"etag":"x"},{"key":"{k}2","value":2}]""",
                ErrorLike(400, "ERR_STATE_SAVE", "failed saving state in state store {store}: ")),
            Read(Etag("1"))),
        new("RedisEtag_SaveManyMismatches_409",
            Save("1"),
            SaveItems(
                """[{"key":"{k}","value":2,"etag":"99"},{"key":"{k}2","value":2}]""",
                ErrorLike(409, "ERR_STATE_SAVE", "failed saving state in state store {store}: ")),
            Read(Etag("1"))),
        new("RedisFirstWrite_StaleEtag_409",
            Save("1"), SaveWith("\"etag\":\"99\",\"options\":{\"concurrency\":\"first-write\"}", Mismatch), Read(Etag("1"))),
        new("RedisFirstWrite_ExistingKey_204", Save("1"), FirstWrite(Empty()), Read(Etag("2"))),
        new("RedisFirstWrite_MarkedKey_500UntilDeleted",
            FirstWrite(Empty()),
            FirstWrite(Refused),
            Save("3", Refused),
            SaveWith("\"etag\":\"1\"", Empty()),
            Save("3", Refused),
            Read(Etag("2")),
            Delete(Key, Empty()),
            Save("3")),
        new("RedisDelete_EtagOfMissingKey_204", Delete(Key, Empty()).With("If-Match", "99")),
        new("RedisDelete_TextEtagOfMissingKey_204", Delete(Key, Empty()).With("If-Match", "nonsense")),
        new("RedisTtl_Given_NoExpiryHeader", SaveWith("\"metadata\":{\"ttlInSeconds\":\"60\"}", Empty()), Read(Etag("1").WithHeader(Expiry, null))),
        new("RedisTtl_AboveInt32_204", SaveWith("\"metadata\":{\"ttlInSeconds\":\"2147483648\"}", Empty()), Read(Etag("1").WithHeader(Expiry, null))),
        new("RedisTtl_BeyondWhatRedisCounts_500",
            SaveWith(
                "\"metadata\":{\"ttlInSeconds\":\"9223372036854775807\"}",
                ErrorLike(500, "ERR_STATE_SAVE", "failed saving state in state store {store}: failed to parse ttl from metadata: ")),
            Read(Empty())),
        new("RedisTtl_NoNumber_SaysSo",
            SaveWith(
                "\"metadata\":{\"ttlInSeconds\":\"abc\"}",
                ErrorLike(500, "ERR_STATE_SAVE", "failed saving state in state store {store}: failed to parse ttl from metadata: ")),
            Read(Empty())),
        new("RedisTtl_InUrl_Applies",
            Post(
                "/v1.0/state/{store}?metadata.ttlInSeconds=abc",
                """[{"key":"{k}","value":1}]""",
                ErrorLike(500, "ERR_STATE_SAVE", "failed saving state in state store {store}: failed to parse ttl from metadata: ")),
            Read(Empty())),
        new("RedisTtl_InUrlAndItem_UrlWins",
            Post("/v1.0/state/{store}?metadata.ttlInSeconds=60", """[{"key":"{k}","value":1,"metadata":{"ttlInSeconds":"abc"}}]""", Empty()), Read(Etag("1"))),
        new("RedisTransaction_UrlMetadata_ReachesEachOperation",
            Post(
                "/v1.0/state/{store}/transaction?metadata.ttlInSeconds=abc",
                """{"operations":[{"operation":"upsert","request":{"key":"{k}","value":1}}]}""",
                Failed),
            Read(Empty())),
        new("RedisTransaction_BodyMetadata_DoesNotReachOperations",
            Transaction("""{"operations":[{"operation":"upsert","request":{"key":"{k}","value":1}}],"metadata":{"ttlInSeconds":"abc"}}""", Empty()),
            Read(Etag("1"))),
        new("RedisTransaction_FirstWriteOfExisting_204",
            Save("1"),
            Transaction(
                """{"operations":[{"operation":"upsert","request":{"key":"{k}","value":2,"options":{"concurrency":"first-write"}}}]}""", Empty()),
            Read(Etag("2"))),
        NothingApplied("FirstWriteOfMarked", """{"operation":"upsert","request":{"key":"{k}b","value":2,"options":{"concurrency":"first-write"}}}"""),
        NothingApplied("StaleEtagOfUpsert", """{"operation":"upsert","request":{"key":"{k}b","value":2,"etag":"99"}}"""),
        NothingApplied("StaleEtagOfDelete", """{"operation":"delete","request":{"key":"{k}b","etag":"99"}}"""),
        NothingApplied("EtagOfOtherForm", """{"operation":"upsert","request":{"key":"{k}b","value":2,"etag":"x"}}"""),
    ];

    private static WireAnswer Invalid { get; } =
        ErrorLike(400, "ERR_STATE_SAVE", "failed saving state in state store {store}: invalid etag value: ");

    private static WireAnswer Mismatch { get; } =
        ErrorLike(409, "ERR_STATE_SAVE", "failed saving state in state store {store}: possible etag mismatch. error from state store");

    private static WireAnswer Refused { get; } =
        ErrorLike(500, "ERR_STATE_SAVE", "failed saving state in state store {store}: failed to set key app||{k}");

    private static WireAnswer Failed { get; } = ErrorLike(500, "ERR_STATE_TRANSACTION", "error while executing state transaction: ");

    private static WireAnswer Etag(string version) => new WireAnswer(200).WithHeader("ETag", version);

    private static WireStep Save(string value, WireAnswer? answer = null) => SaveItems($$"""[{"key":"{k}","value":{{value}}}]""", answer ?? Empty());

    private static WireStep SaveWith(string members, WireAnswer answer) => SaveItems($$"""[{"key":"{k}","value":2,{{members}} }]""", answer);

    private static WireStep FirstWrite(WireAnswer answer) => SaveWith("\"options\":{\"concurrency\":\"first-write\"}", answer);

    private static WireCase NothingApplied(string name, string operation) => new(
        $"RedisTransaction_{name}_500NothingApplied",
        SaveItems("""[{"key":"{k}b","value":1,"options":{"concurrency":"first-write"}}]""", Empty()),
        Transaction($$"""{"operations":[{"operation":"upsert","request":{"key":"{k}","value":1} },{{operation}}]}""", Failed),
        Read(Empty()),
        Get("/v1.0/state/{store}/{k}b", Etag("1")));
}
