using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.7: transactions that succeed.</summary>
internal static class StateTransactionTable
{
    public static IEnumerable<WireCase> Rows =>
    [
        new("Transaction_NoOperations_204", Transaction("""{"operations":[]}""", Empty())),
        new("Transaction_OperationsNull_204", Transaction("""{"operations":null}""", Empty())),
        new("Transaction_OperationsAbsent_204", Transaction("{}", Empty())),
        new("Transaction_MetadataNull_204", Transaction("""{"operations":[],"metadata":null}""", Empty())),
        new("Transaction_UpsertAndDelete_BothApplied",
            SaveItems("""[{"key":"{k}old","value":1}]""", Empty()),
            Transaction(
                """
                {"operations":[{"operation":"upsert","request":{"key":"{k}","value":{"a":1}}},
                               {"operation":"delete","request":{"key":"{k}old"}}],
                 "metadata":{"partitionKey":"p"}}
                """, Empty()),
            Read(Bytes("""{"a":1}""")),
            Get("/v1.0/state/{store}/{k}old", Empty())),
        new("Transaction_Put_204",
            Put("/v1.0/state/{store}/transaction", """{"operations":[{"operation":"upsert","request":{"key":"{k}","value":3}}]}""", Empty()),
            Read(Bytes("3"))),
        new("Transaction_DeleteMissing_204", Transaction("""{"operations":[{"operation":"delete","request":{"key":"{k}"}}]}""", Empty())),
        new("Transaction_ValueAbsent_StoresNull",
            Transaction("""{"operations":[{"operation":"upsert","request":{"key":"{k}"}}]}""", Empty()), Read(Bytes("null"))),
        new("Transaction_PropertyNames_IgnoreCase",
            Transaction("""{"Operations":[{"OPERATION":"upsert","Request":{"Key":"{k}","VALUE":4}}]}""", Empty()), Read(Bytes("4"))),
        new("Transaction_UpsertThenDelete_NothingLeft",
            Transaction(
                """
                {"operations":[{"operation":"upsert","request":{"key":"{k}","value":1}},
                               {"operation":"delete","request":{"key":"{k}"}}]}
                """, Empty()),
            Read(Empty())),
        new("Transaction_TwoUpserts_LastWins",
            Transaction(
                """
                {"operations":[{"operation":"upsert","request":{"key":"{k}","value":1}},
                               {"operation":"upsert","request":{"key":"{k}","value":2}}]}
                """, Empty()),
            Read(Bytes("2"))),
        new("Transaction_MatchingEtag_204",
            Save("1"),
            Read(Bytes("1").Keeping("e")),
            Transaction("""{"operations":[{"operation":"upsert","request":{"key":"{k}","value":2,"etag":"{e:json}"}}]}""", Empty()),
            Read(Bytes("2") with { EtagNot = "e" })),
        new("Transaction_MatchingEtagOfDelete_204",
            Save("1"),
            Read(Bytes("1").Keeping("e")),
            Transaction("""{"operations":[{"operation":"delete","request":{"key":"{k}","etag":"{e:json}"}}]}""", Empty()),
            Read(Empty())),
        new("Transaction_FirstWriteOfMissing_204",
            Transaction(
                """{"operations":[{"operation":"upsert","request":{"key":"{k}","value":1,"options":{"concurrency":"first-write"}}}]}""", Empty()),
            Read(Bytes("1"))),
        new WireCase("Transaction_UrlMetadata_ReachesEachOperation",
            Post("/v1.0/state/{store}/transaction?metadata.ttlInSeconds=60",
                """{"operations":[{"operation":"upsert","request":{"key":"{k}","value":1}}]}""", Empty()),
            Read(Bytes("1").Having("metadata.ttlExpireTime"))).On(WireTargets.AllButRedis),
        new("Transaction_BodyMetadata_DoesNotReachOperations",
            Transaction(
                """{"operations":[{"operation":"upsert","request":{"key":"{k}","value":1}}],"metadata":{"ttlInSeconds":"60"}}""", Empty()),
            Read(Bytes("1").WithHeader("metadata.ttlExpireTime", null))),
        new("Transaction_EmptyKey_IsNotChecked",
            Transaction("""{"operations":[{"operation":"delete","request":{"key":""}}]}""", Empty())),
    ];
}
