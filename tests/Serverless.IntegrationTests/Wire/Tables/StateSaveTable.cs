using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.4: saves that succeed.</summary>
internal static class StateSaveTable
{
    public static IEnumerable<WireCase> Rows =>
    [
        new("Save_EmptyArray_204", SaveItems("[]", Empty())),
        new("Save_Null_204", SaveItems("null", Empty())),
        new("Save_Put_204", Put("/v1.0/state/{store}", """[{"key":"{k}","value":7}]""", Empty()), Read(Bytes("7"))),
        new("Save_TwoItems_BothStored",
            SaveItems("""[{"key":"{k}1","value":1},{"key":"{k}2","value":2}]""", Empty()),
            Get("/v1.0/state/{store}/{k}1", Bytes("1")),
            Get("/v1.0/state/{store}/{k}2", Bytes("2"))),
        new("Save_Overwrites", Save("1"), Save("2"), Read(Bytes("2"))),
        new("Save_ValueAbsent_StoresNull", SaveItems("""[{"key":"{k}"}]""", Empty()), Read(Bytes("null"))),
        new("Save_PropertyNames_IgnoreCase", SaveItems("""[{"KEY":"{k}","Value":5}]""", Empty()), Read(Bytes("5"))),
        new("Save_UnknownProperties_Ignored", SaveItems("""[{"key":"{k}","value":5,"x":{"y":[1]}}]""", Empty()), Read(Bytes("5"))),
        new("Save_NullMembers_CountAsAbsent",
            SaveItems("""[{"key":"{k}","value":5,"etag":null,"metadata":null,"options":null,"contentType":null}]""", Empty()),
            Read(Bytes("5"))),
        new("Save_EmptyEtag_CountsAsNone", SaveItems("""[{"key":"{k}","value":5,"etag":""}]""", Empty()), Read(Bytes("5"))),
        new("Save_DataAfterTheFirstValue_Ignored", SaveItems("""[{"key":"{k}","value":5}] trailing {""", Empty()), Read(Bytes("5"))),
        new("Save_LeadingWhitespace_204", SaveItems(" \r\n\t[{\"key\":\"{k}\",\"value\":5}]\n", Empty()), Read(Bytes("5"))),
        new("Save_ContentTypeText_Accepted",
            SaveItems("""[{"key":"{k}","value":5}]""", Empty()).With("Content-Type", "text/plain"), Read(Bytes("5"))),
        new("Save_ContentTypeJson_Accepted",
            SaveItems("""[{"key":"{k}","value":5}]""", Empty()).With("Content-Type", "application/json; charset=utf-8"), Read(Bytes("5"))),
        new("Save_OptionsEmpty_Default",
            SaveItems("""[{"key":"{k}","value":5,"options":{"concurrency":"","consistency":""}}]""", Empty()), Read(Bytes("5"))),
        new("Save_OptionsKnown_204",
            SaveItems("""[{"key":"{k}","value":5,"options":{"concurrency":"last-write","consistency":"strong"}}]""", Empty()),
            SaveItems("""[{"key":"{k}","value":6,"options":{"concurrency":"last-write","consistency":"eventual"}}]""", Empty()),
            Read(Bytes("6"))),
        new("Save_UnknownItemMetadata_Ignored",
            SaveItems("""[{"key":"{k}","value":5,"metadata":{"partitionKey":"p","x":"y"}}]""", Empty()), Read(Bytes("5"))),
        new("Save_TrailingSlash_204", Post("/v1.0/state/{store}/", """[{"key":"{k}","value":5}]""", Empty()), Read(Bytes("5")))
        {
            Targets = WireTargets.Standalone,
        },
    ];
}
