using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.1: which store, before anything else; §2.8: query.</summary>
internal static class StateStoreTable
{
    private const string Missing = "/v1.0/state/nosuchstore";

    private static WireAnswer NotFound { get; } =
        Rich(400, "ERR_STATE_STORE_NOT_FOUND", "state store nosuchstore is not found", StateDetails.App("DAPR_STATE_NOT_FOUND"));

    public static IEnumerable<WireCase> Rows =>
    [
        new("UnknownStore_Get_400", Get($"{Missing}/k", NotFound)),
        new("UnknownStore_Delete_400", Delete($"{Missing}/k", NotFound)),
        new("UnknownStore_SavePost_400", Post(Missing, """[{"key":"k"}]""", NotFound)),
        new("UnknownStore_SavePut_400", Put(Missing, """[{"key":"k"}]""", NotFound)),
        new("UnknownStore_Bulk_400", Post($"{Missing}/bulk", """{"keys":["k"]}""", NotFound)),
        new("UnknownStore_BulkPut_400", Put($"{Missing}/bulk", """{"keys":["k"]}""", NotFound)),
        new("UnknownStore_Transaction_400", Post($"{Missing}/transaction", """{"operations":[]}""", NotFound)),
        new("UnknownStore_SaveBadBody_StillNotFound", Post(Missing, "{oops", NotFound)),
        new("UnknownStore_SaveEmptyBody_StillNotFound", Post(Missing, "", NotFound)),
        new("UnknownStore_BulkBadBody_StillNotFound", Post($"{Missing}/bulk", "[", NotFound)),
        new("UnknownStore_TransactionBadBody_StillNotFound", Post($"{Missing}/transaction", "[", NotFound)),
        new("UnknownStore_IllegalKey_StillNotFound", Get($"{Missing}/a%7C%7Cb", NotFound)),
        new("StoreName_OtherCase_IsUnknown", Get(
            "/v1.0/state/StateStore/k",
            Rich(400, "ERR_STATE_STORE_NOT_FOUND", "state store StateStore is not found", StateDetails.App("DAPR_STATE_NOT_FOUND")))),
        new("UnknownStore_Query_400WithoutAppId", Post(
            "/v1.0-alpha1/state/nosuchstore/query",
            "{}",
            Rich(400, "ERR_STATE_STORE_NOT_FOUND", "state store nosuchstore is not found", StateDetails.Plain("DAPR_STATE_NOT_FOUND")))),
        new("Query_Post_NotSupported", Post("/v1.0-alpha1/state/{store}/query", "{}", QueryNotSupported)),
        new("Query_Put_NotSupported", Put("/v1.0-alpha1/state/{store}/query", """{"filter":{}}""", QueryNotSupported)),
        new("Query_UnderV1_NoRoute", Post("/v1.0/state/{store}/query", "{}", RouteTable.NoRoute)),
        new("Query_Get_NoRoute", Get("/v1.0-alpha1/state/{store}/query", RouteTable.NoRoute)),
        new("StateV1Alpha1_Get_NoRoute", Get("/v1.0-alpha1/state/{store}/{k}", RouteTable.NoRoute)),
    ];

    private static WireAnswer QueryNotSupported { get; } =
        Rich(500, "ERR_STATE_STORE_NOT_SUPPORTED", "state store does not support querying", StateDetails.QueryNotSupported);
}
