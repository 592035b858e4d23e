using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §1.5: 4 MiB unless told otherwise, and no 413.</summary>
internal static class BodySizeTable
{
    private static readonly string Fits = new('x', (4 << 20) - 1000);
    private static readonly string TooMuch = new('x', (4 << 20) + 1);

    public static IEnumerable<WireCase> Rows =>
    [
        new WireCase("BodySize_SaveBelow_204", SaveItems($$"""[{"key":"{k}","value":"{{Fits}}"}]""", Empty()), Read(new WireAnswer(200))).On(WireTargets.All & ~WireTargets.Tables),
        new("BodySize_SaveAbove_400", SaveItems($$"""[{"key":"{k}","value":"{{TooMuch}}"}]""", Malformed), Read(Empty())),
        new("BodySize_BulkAbove_400", Bulk($$"""{"keys":["{{TooMuch}}"]}""", Malformed)),
        new WireCase("BodySize_TransactionAbove_400",
            Transaction($$"""{"operations":[{"operation":"upsert","request":{"key":"{k}","value":"{{TooMuch}}"} }]}""", Malformed), Read(Empty())).On(WireTargets.Transactional),
        new("BodySize_MetadataAbove_400",
            Put("/v1.0/metadata/{k}", TooMuch, new WireAnswer(400) { ErrorCode = "ERR_BODY_READ", MessagePrefix = "", ContentType = Json })),
    ];

    private static WireAnswer Malformed { get; } = new(400) { ErrorCode = "ERR_MALFORMED_REQUEST", MessagePrefix = "", ContentType = Json };
}
