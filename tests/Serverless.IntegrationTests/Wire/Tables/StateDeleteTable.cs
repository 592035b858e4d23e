using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.5: deleting one key.</summary>
internal static class StateDeleteTable
{
    private const string Key = "/v1.0/state/{store}/{k}";
    private const string Stale = "3f8f5f0e-0000-4000-8000-000000000000";

    public static IEnumerable<WireCase> Rows =>
    [
        new("Delete_Existing_204", Save("1"), Delete(Key, Empty()), Read(Empty())),
        new("Delete_Missing_204", Delete(Key, Empty())),
        new("Delete_Twice_204", Save("1"), Delete(Key, Empty()), Delete(Key, Empty())),
        new("Delete_MatchingEtag_204",
            Save("1"), Read(Bytes("1").Keeping("e")), Delete(Key, Empty()).With("If-Match", "{e}"), Read(Empty())),
        new("Delete_StaleEtag_409", Save("1"), Delete(Key, Failed(409)).With("If-Match", Stale), Read(Bytes("1"))),
        new("Delete_OtherTextAsEtag_409", Save("1"), Delete(Key, Failed(409)).With("If-Match", "nonsense"), Read(Bytes("1"))),
        new("Delete_QuotedEtag_IsAnotherEtag",
            Save("1"), Read(Bytes("1").Keeping("e")), Delete(Key, Failed(409)).With("If-Match", "\"{e}\""), Read(Bytes("1"))),
        new("Delete_EmptyIfMatch_CountsAsNone", Save("1"), Delete(Key, Empty()).With("If-Match", ""), Read(Empty())),
        new WireCase("Delete_EtagOfMissingKey_409", Delete(Key, Failed(409)).With("If-Match", Stale)).On(WireTargets.AllButRedis),
        new("Delete_LastWriteWithStaleEtag_409",
            Save("1"), Delete($"{Key}?concurrency=last-write", Failed(409)).With("If-Match", Stale), Read(Bytes("1"))),
        new("Delete_OptionsKnown_204", Save("1"), Delete($"{Key}?concurrency=last-write&consistency=strong", Empty()), Read(Empty())),
        new WireCase("Delete_ConsistencyUnknown_500",
            Save("1"), Delete($"{Key}?concurrency=maybe&consistency=sometimes", Unrecognized("consistency", "sometimes")), Read(Bytes("1")))
            .On(WireTargets.Full & ~WireTargets.PostgreSql),
        new WireCase("Delete_ConcurrencyUnknown_500",
            Save("1"), Delete($"{Key}?concurrency=maybe", Unrecognized("concurrency", "maybe")), Read(Bytes("1"))).On(WireTargets.Full & ~WireTargets.PostgreSql),
        new WireCase("Delete_OptionsUnknown_PostgreSqlIgnoresThem",
            Save("1"), Delete($"{Key}?concurrency=maybe&consistency=sometimes", Empty()), Read(Empty())).On(WireTargets.PostgreSql),
        new WireCase("Delete_FirstWriteOfExisting_InMemoryRefuses",
            Save("1"), Delete($"{Key}?concurrency=first-write", Failed(409)), Read(Bytes("1"))).On(WireTargets.InMemoryStores),
        new WireCase("Delete_FirstWriteOfExisting_OthersIgnoreIt",
            Save("1"), Delete($"{Key}?concurrency=first-write", Empty()), Read(Empty())).On(WireTargets.SqlStores | WireTargets.Redis | WireTargets.Blob | WireTargets.Tables),
        new("Delete_FirstWriteOfMissing_204", Delete($"{Key}?concurrency=first-write", Empty())),
        new("Delete_UnknownQueryParameter_Ignored", Save("1"), Delete($"{Key}?metadata.x=1&y=2", Empty()), Read(Empty())),
    ];

    private static WireAnswer Failed(int status) => ErrorLike(status, "ERR_STATE_DELETE", "failed deleting state with key {k}: ");

    private static WireAnswer Unrecognized(string option, string value) =>
        Error(500, "ERR_STATE_DELETE", $"failed deleting state with key {{k}}: unrecognized {option} model '{value}'");
}
