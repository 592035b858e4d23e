using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §1.15: verbs and refusals; the document itself is in <see cref="WireTests"/>.</summary>
internal static class MetadataTable
{
    public static IEnumerable<WireCase> Rows =>
    [
        new("Metadata_Get_Json", Get("/v1.0/metadata", new WireAnswer(200) { ContentType = Json })),
        new("Metadata_GetWithJsonBody_200", new WireStep("GET", "/v1.0/metadata", "{}", new WireAnswer(200) { ContentType = Json })),
        new("Metadata_GetWithBadBody_400", new WireStep("GET", "/v1.0/metadata", "{oops", Malformed)),
        new("Metadata_Put_204", Put("/v1.0/metadata/{k}", "value", Empty())),
        new("Metadata_PutEmptyBody_204", Put("/v1.0/metadata/{k}", "", Empty())),
        new("Metadata_PutWithoutKey_NoRoute", Put("/v1.0/metadata", "value", RouteTable.NoRoute)),
        new("Metadata_Post_NoRoute", Post("/v1.0/metadata/{k}", "value", RouteTable.NoRoute)),
        new("Metadata_GetOfKey_NoRoute", Get("/v1.0/metadata/{k}", RouteTable.NoRoute)),
        new("Metadata_DeleteOfKey_NoRoute", Delete("/v1.0/metadata/{k}", RouteTable.NoRoute)),
        new("Metadata_PutTwoSegments_NoRoute", Put("/v1.0/metadata/a/b", "value", RouteTable.NoRoute)),
    ];

    private static WireAnswer Malformed { get; } =
        new(400) { ErrorCode = "ERR_MALFORMED_REQUEST", MessagePrefix = "", ContentType = Json };
}
