using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.9: ETags and concurrency on save.</summary>
internal static class StateEtagTable
{
    private const string Stale = "3f8f5f0e-0000-4000-8000-000000000000";

    public static IEnumerable<WireCase> Rows =>
    [
        new("Etag_EachWriteGivesANewOne",
            Save("1"), Read(Bytes("1").Keeping("e")), Save("1"), Read(Bytes("1") with { EtagNot = "e" })),
        new("Etag_Matching_204",
            Save("1"),
            Read(Bytes("1").Keeping("e")),
            SaveItems("""[{"key":"{k}","value":2,"etag":"{e:json}"}]""", Empty()),
            Read(Bytes("2") with { EtagNot = "e" })),
        new("Etag_UsedTwice_SecondGets409",
            Save("1"),
            Read(Bytes("1").Keeping("e")),
            SaveItems("""[{"key":"{k}","value":2,"etag":"{e:json}"}]""", Empty()),
            SaveItems("""[{"key":"{k}","value":3,"etag":"{e:json}"}]""", Mismatch),
            Read(Bytes("2"))),
        new WireCase("Etag_OtherText_409",
            Save("1"), SaveItems("""[{"key":"{k}","value":2,"etag":"nonsense"}]""", Mismatch), Read(Bytes("1"))).On(WireTargets.AllButRedis),
        new WireCase("Etag_OfMissingKey_409",
            SaveItems($$"""[{"key":"{k}","value":2,"etag":"{{Stale}}"}]""", Mismatch), Read(Empty())).On(WireTargets.AllButRedis & ~WireTargets.Tables),
        new WireCase("Etag_StaleWithLastWrite_409",
            Save("1"),
            SaveItems($$"""[{"key":"{k}","value":2,"etag":"{{Stale}}","options":{"concurrency":"last-write"} }]""", Mismatch),
            Read(Bytes("1"))).On(WireTargets.AllButRedis),
        new("FirstWrite_MissingKey_204", FirstWrite("1", Empty()), Read(Bytes("1"))),
        new WireCase("FirstWrite_ExistingKey_409",
            Save("1"), FirstWrite("2", Mismatch), Read(Bytes("1"))).On(WireTargets.Sqlite | WireTargets.InMemoryStores),
        new WireCase("FirstWrite_ExistingKey_PostgreSql500",
            Save("1"),
            FirstWrite("2", ErrorLike(500, "ERR_STATE_SAVE", "failed saving state in state store {store}: no item was updated")),
            Read(Bytes("1"))).On(WireTargets.PostgreSql),
        new("FirstWrite_AfterDelete_204",
            Save("1"), Delete("/v1.0/state/{store}/{k}", Empty()), FirstWrite("2", Empty()), Read(Bytes("2"))),
        new("FirstWrite_MatchingEtag_204",
            Save("1"),
            Read(Bytes("1").Keeping("e")),
            SaveItems("""[{"key":"{k}","value":2,"etag":"{e:json}","options":{"concurrency":"first-write"}}]""", Empty()),
            Read(Bytes("2"))),
        new WireCase("FirstWrite_StaleEtag_409",
            Save("1"),
            SaveItems($$"""[{"key":"{k}","value":2,"etag":"{{Stale}}","options":{"concurrency":"first-write"} }]""", Mismatch),
            Read(Bytes("1"))).On(WireTargets.AllButRedis),
        new WireCase("Etag_OfDeletedAndRecreatedKey_409",
            Save("1"),
            Read(Bytes("1").Keeping("e")),
            Delete("/v1.0/state/{store}/{k}", Empty()),
            Save("1"),
            SaveItems("""[{"key":"{k}","value":2,"etag":"{e:json}"}]""", Mismatch)).On(WireTargets.AllButRedis),
    ];

    private static WireAnswer Mismatch { get; } = ErrorLike(
        409, "ERR_STATE_SAVE", "failed saving state in state store {store}: possible etag mismatch. error from state store");

    private static WireStep FirstWrite(string value, WireAnswer answer) =>
        SaveItems($$"""[{"key":"{k}","value":{{value}},"options":{"concurrency":"first-write"} }]""", answer);
}
