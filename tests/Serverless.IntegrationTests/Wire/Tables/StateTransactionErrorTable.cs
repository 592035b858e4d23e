using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.7: transactions that are refused, and then leave nothing behind.</summary>
internal static class StateTransactionErrorTable
{
    private const string Stale = "3f8f5f0e-0000-4000-8000-000000000000";
    private const string Upsert = """{"operation":"upsert","request":{"key":"{k}","value":1}}""";

    private static readonly (string Name, string Body)[] Malformed =
    [
        ("EmptyBody", ""),
        ("Array", $"[{Upsert}]"),
        ("Truncated", $$"""{"operations":[{{Upsert}}"""),
        ("OperationsObject", """{"operations":{}}"""),
        ("OperationText", $$"""{"operations":[{{Upsert}},"x"]}"""),
        ("OperationNumber", """{"operations":[1]}"""),
        ("MetadataValueNumber", $$"""{"operations":[{{Upsert}}],"metadata":{"a":1} }"""),
        ("MetadataText", $$"""{"operations":[{{Upsert}}],"metadata":"a"}"""),
        ("RequestText", $$"""{"operations":[{{Upsert}},{"operation":"upsert","request":"x"}]}"""),
        ("RequestArray", """{"operations":[{"operation":"delete","request":[]}]}"""),
        ("KeyNumber", $$"""{"operations":[{{Upsert}},{"operation":"upsert","request":{"key":1} }]}"""),
        ("EtagNumber", """{"operations":[{"operation":"upsert","request":{"key":"{k}","etag":1}}]}"""),
        ("DeleteEtagNumber", """{"operations":[{"operation":"delete","request":{"key":"{k}","etag":1}}]}"""),
        ("OperationMetadataText", """{"operations":[{"operation":"upsert","request":{"key":"{k}","metadata":"x"}}]}"""),
    ];

    public static IEnumerable<WireCase> Rows =>
    [
        .. Malformed.Select(row => new WireCase(
            $"Transaction_{row.Name}_400",
            Transaction(row.Body, ErrorLike(400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: ")),
            Read(Empty()))),
        Unsupported("UnknownOperation", "\"operation\":\"upsrt\",", "upsrt"),
        Unsupported("OperationOfOtherCase", "\"operation\":\"Upsert\",", "Upsert"),
        Unsupported("OperationAbsent", "", ""),
        Unsupported("OperationEmpty", "\"operation\":\"\",", ""),
        Failing("StaleEtagOfUpsert", $$"""{"operation":"upsert","request":{"key":"{k}b","value":2,"etag":"{{Stale}}"} }"""),
        Failing("StaleEtagOfDelete", $$"""{"operation":"delete","request":{"key":"{k}b","etag":"{{Stale}}"} }"""),
        Failing("FirstWriteOfExisting", """{"operation":"upsert","request":{"key":"{k}b","value":2,"options":{"concurrency":"first-write"}}}""").On(WireTargets.AllButRedis),
        Failing("BadTtl", """{"operation":"upsert","request":{"key":"{k}b","value":2,"metadata":{"ttlInSeconds":"abc"}}}"""),
    ];

    private static WireCase Unsupported(string name, string member, string shown) => new(
        $"Transaction_{name}_400",
        Transaction(
            $$"""{"operations":[{{Upsert}},{ {{member}}"request":{"key":"{k}","value":1} }]}""",
            Error(400, "ERR_NOT_SUPPORTED_STATE_OPERATION", $"operation type {shown} not supported")),
        Read(Empty()));

    private static WireCase Failing(string name, string operation) => new(
        $"Transaction_{name}_500NothingApplied",
        SaveItems("""[{"key":"{k}b","value":1}]""", Empty()),
        Transaction(
            $$"""{"operations":[{{Upsert}},{{operation}}]}""",
            ErrorLike(500, "ERR_STATE_TRANSACTION", "error while executing state transaction: ")),
        Read(Empty()),
        Get("/v1.0/state/{store}/{k}b", Bytes("1")));
}
