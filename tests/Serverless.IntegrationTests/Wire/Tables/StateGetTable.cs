using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.3: reading one key.</summary>
internal static class StateGetTable
{
    public static IEnumerable<WireCase> Rows =>
    [
        new("Get_MissingKey_204", Read(Empty())),
        new("Get_Found_200WithEtag", Save("""{"a":1}"""), Read(Bytes("""{"a":1}""").Having("ETag"))),
        new("Get_StoredNull_200Null", Save("null"), Read(Bytes("null").Having("ETag"))),
        new("Get_EtagHasNoAddedQuotes", Save("1"), Read(Bytes("1").Keeping("e")),
            Bulk("""{"keys":["{k}"]}""", Equal("""[{"key":"{k}","data":1,"etag":"{e:json}"}]"""))),
        new("Get_ConsistencyStrong_200", Save("1"), Get("/v1.0/state/{store}/{k}?consistency=strong", Bytes("1"))),
        new("Get_ConsistencyEventual_200", Save("1"), Get("/v1.0/state/{store}/{k}?consistency=eventual", Bytes("1"))),
        new("Get_ConsistencyUnknown_NotChecked", Save("1"), Get("/v1.0/state/{store}/{k}?consistency=sometimes", Bytes("1"))),
        new("Get_UnknownQueryParameter_Ignored", Save("1"), Get("/v1.0/state/{store}/{k}?x=1&metadata.y=2", Bytes("1"))),
        new("Get_StoredContentType_IsNotSentBack",
            SaveItems("""[{"key":"{k}","value":"x","metadata":{"contentType":"text/plain"}}]""", Empty()),
            Read(Bytes("\"x\""))),
        new("Get_TwoReads_SameEtag", Save("1"), Read(Bytes("1").Keeping("e")), Read(Bytes("1").WithHeader("ETag", "{e}"))),
        new("Get_WithoutTtl_NoExpiryHeader", Save("1"), Read(Bytes("1").WithHeader("metadata.ttlExpireTime", null))),
    ];
}
