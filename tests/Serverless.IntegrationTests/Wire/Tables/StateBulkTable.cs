using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.6: reading many keys.</summary>
internal static class StateBulkTable
{
    private static readonly (string Name, string Body)[] Malformed =
    [
        ("EmptyBody", ""),
        ("Array", """["a"]"""),
        ("Truncated", """{"keys":["a"]"""),
        ("TrailingComma", """{"keys":["a"],}"""),
        ("KeysText", """{"keys":"a"}"""),
        ("KeysNumbers", """{"keys":[1]}"""),
        ("KeysMixed", """{"keys":["a",{}]}"""),
        ("ParallelismText", """{"keys":["a"],"parallelism":"10"}"""),
        ("MetadataText", """{"keys":["a"],"metadata":"x"}"""),
        ("MetadataValueNumber", """{"keys":["a"],"metadata":{"x":1}}"""),
    ];

    public static IEnumerable<WireCase> Rows =>
    [
        .. Malformed.Select(row => new WireCase(
            $"Bulk_{row.Name}_400", Bulk(row.Body, ErrorLike(400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: ")))),
        new("Bulk_KeysAbsent_EmptyArray", Bulk("{}", Equal("[]"))),
        new("Bulk_KeysNull_EmptyArray", Bulk("""{"keys":null}""", Equal("[]"))),
        new("Bulk_KeysEmpty_EmptyArray", Bulk("""{"keys":[]}""", Equal("[]"))),
        new("Bulk_Null_EmptyArray", Bulk("null", Equal("[]"))),
        new("Bulk_FoundAndMissing_OneEntryEach",
            Save("""{"a":[1]}"""),
            Read(Equal("""{"a":[1]}""").Keeping("e")),
            Bulk("""{"keys":["{k}","{k}-missing"]}""",
                Equal("""[{"key":"{k}","data":{"a":[1]},"etag":"{e:json}"},{"key":"{k}-missing"}]"""))),
        new("Bulk_Put_200",
            Put("/v1.0/state/{store}/bulk", """{"keys":["{k}"]}""", Equal("""[{"key":"{k}"}]"""))),
        new("Bulk_DataIsJsonItself",
            Save("\"text\""),
            Read(Bytes("\"text\"").Keeping("e")),
            Bulk("""{"keys":["{k}"]}""", Equal("""[{"key":"{k}","data":"text","etag":"{e:json}"}]"""))),
        new("Bulk_StoredNull_HasEtag",
            Save("null"),
            Read(Bytes("null").Keeping("e")),
            Bulk("""{"keys":["{k}"]}""", Equal("""[{"key":"{k}","data":null,"etag":"{e:json}"}]"""))),
        new("Bulk_ParallelismGiven_200",
            Bulk("""{"keys":["{k}1","{k}2","{k}3"],"parallelism":1}""", Equal("""[{"key":"{k}1"},{"key":"{k}2"},{"key":"{k}3"}]"""))),
        new("Bulk_ParallelismNegative_200", Bulk("""{"keys":["{k}"],"parallelism":-5}""", Equal("""[{"key":"{k}"}]"""))),
        new("Bulk_MetadataInBodyAndUrl_200",
            Post("/v1.0/state/{store}/bulk?metadata.a=1", """{"keys":["{k}"],"metadata":{"b":"2"}}""", Equal("""[{"key":"{k}"}]"""))),
        new("Bulk_PropertyNames_IgnoreCase", Bulk("""{"Keys":["{k}"],"PARALLELISM":2}""", Equal("""[{"key":"{k}"}]"""))),
        new("Bulk_DataAfterTheFirstValue_Ignored", Bulk("""{"keys":["{k}"]} {""", Equal("""[{"key":"{k}"}]"""))),
        new WireCase("Bulk_RequestOrder_Kept",
            SaveItems("""[{"key":"{k}2","value":null}]""", Empty()),
            Get("/v1.0/state/{store}/{k}2", Bytes("null").Keeping("e")),
            Bulk("""{"keys":["{k}1","{k}2","{k}3"]}""",
                Equal("""[{"key":"{k}1"},{"key":"{k}2","data":null,"etag":"{e:json}"},{"key":"{k}3"}]"""))).On(WireTargets.InMemoryStores),
        new WireCase("Bulk_KeyAskedTwice_TwoEntries",
            Save("1"),
            Read(Bytes("1").Keeping("e")),
            Bulk("""{"keys":["{k}","{k}"]}""",
                Equal("""[{"key":"{k}","data":1,"etag":"{e:json}"},{"key":"{k}","data":1,"etag":"{e:json}"}]"""))).On(WireTargets.InMemoryStores),
    ];
}
