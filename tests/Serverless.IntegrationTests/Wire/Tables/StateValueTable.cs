using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.4 "Value storage rule" and design.md §4: the JSON text, compacted, nothing lost.</summary>
internal static class StateValueTable
{
    private static readonly (string Name, string Sent, string Stored)[] Exact =
    [
        ("Text", "\"hello\"", "\"hello\""),
        ("EmptyText", "\"\"", "\"\""),
        ("True", "true", "true"),
        ("False", "false", "false"),
        ("Null", "null", "null"),
        ("Zero", "0", "0"),
        ("Negative", "-12", "-12"),
        ("Decimal", "1.5", "1.5"),
        ("BeyondDouble", "9007199254740993", "9007199254740993"),
        ("Huge", "123456789012345678901234567890", "123456789012345678901234567890"),
        ("ManyDigits", "0.12345678901234567890123456789", "0.12345678901234567890123456789"),
        ("EmptyObject", "{ }", "{}"),
        ("EmptyArray", "[ ]", "[]"),
        ("Spaced", " { \"b\" : [ 1 ,\n2 ] , \"a\" : null } ", """{"b":[1,2],"a":null}"""),
        ("Nested", """{"a":{"b":[{"c":[[]]}]}}""", """{"a":{"b":[{"c":[[]]}]}}"""),
        ("SpacesInText", "\"a  b \"", "\"a  b \""),
    ];

    private static readonly (string Name, string Value)[] Equivalent =
    [
        ("Html", "\"<a href='x'>&</a>\""),
        ("NotAscii", "\"ü€😀\""),
        ("EscapedText", "\"\\u00fc\\n\\t\\\"\\\\\\/\""),
        ("ControlCharacter", "\"\\u0000\\u001f\""),
        ("LineSeparator", "\"\u2028\u2029\""),
        ("ObjectWithOddNames", """{"":1," ":2,"a.b":3,"||":4}"""),
    ];

    public static IEnumerable<WireCase> Rows =>
    [
        .. Exact.Select(row => new WireCase($"Value_{row.Name}_KeptExactly", Save(row.Sent), Read(Bytes(row.Stored)))),
        .. Equivalent.Select(row => new WireCase($"Value_{row.Name}_KeptEqual", Save(row.Value), Read(Equal(row.Value)))),
        new WireCase("Value_InTransaction_KeptExactly",
            Transaction("""{"operations":[{"operation":"upsert","request":{"key":"{k}","value": [ 9007199254740993 ]}}]}""", Empty()),
            Read(Bytes("[9007199254740993]"))).On(WireTargets.Transactional),
    ];
}
