using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.2: which keys are legal and where they may stand.</summary>
internal static class StateKeyTable
{
    private const string Illegal = "a||b";

    public static IEnumerable<WireCase> Rows =>
    [
        new("IllegalKey_Get_400", Get("/v1.0/state/{store}/a%7C%7Cb", Refused())),
        new("IllegalKey_Delete_400", Delete("/v1.0/state/{store}/a%7C%7Cb", Refused())),
        new("IllegalKey_Save_400", SaveItems("""[{"key":"a||b","value":1}]""", Refused())),
        new("IllegalKey_Bulk_400", Bulk("""{"keys":["ok","a||b"]}""", Refused())),
        new WireCase("IllegalKey_TransactionUpsert_400WithoutField", Transaction(
            """{"operations":[{"operation":"upsert","request":{"key":"a||b","value":1}}]}""", Refused(""))).On(WireTargets.Transactional),
        new WireCase("IllegalKey_TransactionDelete_400WithoutField", Transaction(
            """{"operations":[{"operation":"delete","request":{"key":"a||b"}}]}""", Refused(""))).On(WireTargets.Transactional),
        new("IllegalKey_SaveSecondItem_NothingStored",
            SaveItems("""[{"key":"{k}","value":1},{"key":"a||b","value":1}]""", Refused()),
            Read(Empty())),
        new("SinglePipe_IsLegal",
            SaveItems("""[{"key":"{k}|x","value":1}]""", Empty()),
            Get("/v1.0/state/{store}/{k}%7Cx", Bytes("1"))),
        new WireCase("Slash_InBody_ReadByEscape",
            SaveItems("""[{"key":"{k}/x/y","value":1}]""", Empty()),
            Get("/v1.0/state/{store}/{k}%2Fx%2Fy", Bytes("1")),
            Get("/v1.0/state/{store}/{k}%2fx%2fy", Bytes("1"))).On(WireTargets.AnyKey),
        new("Slash_Unescaped_NoRoute", Get("/v1.0/state/{store}/{k}/x", RouteTable.NoRoute)),
        new("Key_IsCaseSensitive", Save("1"), Get("/v1.0/state/{store}/X{k}", Empty())),
        new("KeyNamedBulk_GetAndDelete_AreKeys",
            SaveItems("""[{"key":"bulk","value":"b"}]""", Empty()),
            Get("/v1.0/state/{store}/bulk", Bytes("\"b\"")),
            Delete("/v1.0/state/{store}/bulk", Empty()),
            Get("/v1.0/state/{store}/bulk", Empty())),
        new("KeyNamedTransaction_GetAndDelete_AreKeys",
            SaveItems("""[{"key":"transaction","value":"t"}]""", Empty()),
            Get("/v1.0/state/{store}/transaction", Bytes("\"t\"")),
            Delete("/v1.0/state/{store}/transaction", Empty())),
        new("KeyNamedQuery_GetAndDelete_AreKeys",
            SaveItems("""[{"key":"query","value":"q"}]""", Empty()),
            Get("/v1.0/state/{store}/query", Bytes("\"q\"")),
            Delete("/v1.0/state/{store}/query", Empty())),
        new("Key_NotAscii_RoundTrips",
            SaveItems("""[{"key":"{k}-é€😀","value":1}]""", Empty()),
            Get("/v1.0/state/{store}/{k}-%C3%A9%E2%82%AC%F0%9F%98%80", Bytes("1"))),
        new WireCase("Key_OfOneThousandCharacters_RoundTrips",
            SaveItems($$"""[{"key":"{k}{{new string('x', 1000)}}","value":1}]""", Empty()),
            Get($"/v1.0/state/{{store}}/{{k}}{new string('x', 1000)}", Bytes("1"))).On(WireTargets.Full),
        new WireCase("BulkGet_ReturnsUsersKeys",
            SaveItems("""[{"key":"{k}/a","value":1}]""", Empty()),
            Get("/v1.0/state/{store}/{k}%2Fa", Bytes("1").Keeping("e")),
            Bulk("""{"keys":["{k}/a"]}""", Equal("""[{"key":"{k}/a","data":1,"etag":"{e:json}"}]"""))).On(WireTargets.AnyKey),
    ];

    private static WireAnswer Refused(string field = Illegal) =>
        Rich(400, "ERR_MALFORMED_REQUEST", StateDetails.IllegalKeyMessage(Illegal), StateDetails.IllegalKey(Illegal, field));
}
