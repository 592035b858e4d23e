using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §3.5: what Blob Storage answers otherwise than the other stores.</summary>
internal static class StateBlobTable
{
    private const string Key = "/v1.0/state/{store}/{k}";

    public static IEnumerable<WireCase> Rows => Cases.Select(row => row.On(WireTargets.Blob));

    private static IEnumerable<WireCase> Cases =>
    [
        new("BlobFirstWrite_ExistingKey_500",
            Save("1"),
            SaveWith("\"options\":{\"concurrency\":\"first-write\"}", Failed("error uploading blob: ")),
            Read(Bytes("1"))),
        new("BlobOptions_Unknown_204",
            SaveWith("\"options\":{\"concurrency\":\"maybe\",\"consistency\":\"sometimes\"}", Empty()),
            Delete($"{Key}?concurrency=maybe&consistency=sometimes", Empty()),
            Read(Empty())),
        new("BlobTtl_NoNumber_204", SaveWith("\"metadata\":{\"ttlInSeconds\":\"abc\"}", Empty()), Read(Bytes("2").WithHeader("metadata.ttlExpireTime", null))),
        new("BlobMd5_Wrong_500", SaveWith("\"metadata\":{\"contentMD5\":\"abc\"}", Failed("incorrect value for metadata 'contentMD5'")), Read(Empty())),
        new("BlobTransaction_Any_500",
            Transaction(
                """{"operations":[{"operation":"upsert","request":{"key":"{k}","value":1}}]}""",
                Rich(500, "ERR_STATE_STORE_NOT_SUPPORTED", "state store {store} doesn't support transactions", StateDetails.TransactionsNotSupported)),
            Read(Empty())),
        new("BlobKey_TooLong_500",
            SaveItems($$"""[{"key":"{k}{{new string('x', 1024)}}","value":1}]""", Failed("a blob's name has 1 to 1024 characters"))),
        new("BlobKey_SegmentOfDots_500", SaveItems("""[{"key":"{k}/../x","value":1}]""", Failed("no segment of a blob's name may be"))),
        new("BlobKey_Backslash_500", SaveItems("""[{"key":"{k}\\x","value":1}]""", Failed("a blob's name may not hold a backslash"))),
    ];

    private static WireAnswer Failed(string detail) =>
        ErrorLike(500, "ERR_STATE_SAVE", $"failed saving state in state store {{store}}: {detail}");

    private static WireStep SaveWith(string members, WireAnswer answer) => SaveItems($$"""[{"key":"{k}","value":2,{{members}} }]""", answer);
}
