using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §4.1: calls of output bindings.</summary>
internal static class BindingTable
{
    private const WireTargets WithBindings = WireTargets.InMemory | WireTargets.Host;
    private const string Code = "ERR_INVOKE_OUTPUT_BINDING";
    private const string Create = """{"operation":"create"}""";

    // The word null happens to be base64 too, of three bytes, and files hold what base64 encodes.
    private const string NullDecoded = "\ufffd\ufffde";
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static readonly string[] MalformedBodies =
    [
        "", "  ", "{oops", "{\"operation\":\"create\"", "[]", "\"create\"", "7", "true",
        """{"operation":7}""", """{"operation":["create"]}""", """{"operation":"create","metadata":[]}""", """{"operation":"create","metadata":"x"}""",
        """{"operation":"create","metadata":{"a":1}}""", """{"operation":"create","metadata":{"a":{}}}""", """{"operation":"create","data":"\ud800"}""",
    ];

    private static readonly string[] BadBaggage = ["novalue", "k=v,", "k=a b", "bad name=v", "k=v;=p"];

    private static readonly (string Method, string Path)[] NoRoutes =
    [
        ("GET", "/v1.0/bindings/files"), ("DELETE", "/v1.0/bindings/files"), ("PATCH", "/v1.0/bindings/files"), ("OPTIONS", "/v1.0/bindings/files"),
        ("POST", "/v1.0/bindings/files/create"), ("POST", "/v1.0/Bindings/files"), ("POST", "/v1.0-alpha1/bindings/files"),
    ];

    public static IEnumerable<WireCase> Rows =>
    [
        .. MalformedBodies.Select((body, index) => new WireCase(
            $"Binding_Malformed{index}_400BeforeTheLookup", Post("/v1.0/bindings/files", body, Malformed), Put("/v1.0/bindings/nosuch", body, Malformed))),
        .. BadBaggage.Select((baggage, index) => new WireCase(
            $"Binding_BadBaggage{index}_400BeforeTheLookup",
            Post("/v1.0/bindings/nosuch", "{}", ErrorLike(400, "ERR_MALFORMED_REQUEST", "invalid baggage header: ")).With("baggage", baggage))),
        .. NoRoutes.Select(route => new WireCase($"Binding_{route.Method}_{route.Path}_404", Send(route.Method, route.Path, RouteTable.NoRoute))),
        new("Binding_NoOperation_500BeforeTheLookup",
            Post("/v1.0/bindings/nosuch", "{}", Fails("nosuch", "operation field is missing from request")),
            Post("/v1.0/bindings/nosuch", "null", Fails("nosuch", "operation field is missing from request")),
            Put("/v1.0/bindings/nosuch", """{"operation":"","data":1}""", Fails("nosuch", "operation field is missing from request")),
            Post("/v1.0/bindings/nosuch", """{"operation":null}""", Fails("nosuch", "operation field is missing from request"))),
        new("Binding_Unknown_500",
            Post("/v1.0/bindings/nosuch", Create, Fails("nosuch", "couldn't find output binding nosuch")),
            Post("/v1.0/bindings/{store}", Create, Fails("{store}", "couldn't find output binding {store}")),
            Post("/v1.0/bindings/a%20b", Create, Fails("a b", "couldn't find output binding a b")),
            Post("/v1.0/bindings/a%2Fb", Create, Fails("a/b", "couldn't find output binding a/b"))),
        .. new[] { Found, Refused }.SelectMany(table => table).Select(row => row.On(WithBindings)),
    ];

    private static WireCase[] Found =>
    [
        new("Binding_Response_Is200WithTheComponentsBytes",
            Post("/v1.0/bindings/files", """{"operation":"create","data":"Grüße, <all>","metadata":{"fileName":"{k}/a b"}}""", Bytes("""{"fileName":"{k}/a b"}""")),
            Post("/v1.0/bindings/files", """{"operation":"get","metadata":{"fileName":"{k}/a b"}}""", Bytes("Grüße, <all>")),
            Put("/v1.0/bindings/files", """{"operation":"get","metadata":{"fileName":"{k}/a b"}}""", Bytes("Grüße, <all>"))),
        new("Binding_EmptyResponse_Is200WithoutBody",
            Post("/v1.0/bindings/files", """{"operation":"create","data":"","metadata":{"fileName":"{k}"}}""", Bytes("""{"fileName":"{k}"}""")),
            Post("/v1.0/bindings/files", """{"operation":"get","metadata":{"fileName":"{k}"}}""", Bytes(""))),
        new("Binding_NoResponse_Is204",
            Post("/v1.0/bindings/files", """{"operation":"create","metadata":{"fileName":"{k}"}}""", Bytes("""{"fileName":"{k}"}""")),
            Post("/v1.0/bindings/files", """{"operation":"delete","metadata":{"fileName":"{k}"}}""", Empty())),
        .. new[]
        {
            ("Absent", "", NullDecoded),
            ("Null", ""","data":null""", NullDecoded),
            ("Object", ""","data": { "b" : 1.50 , "a" : [ 12345678901234567890 , true , { } ] }""", """{"b":1.50,"a":[12345678901234567890,true,{}]}"""),
            ("Html", ""","data":{"<a>":"& \u00e9"}""", """{"\u003ca\u003e":"\u0026 é"}"""),
        }.Select(row => new WireCase(
            $"Binding_Data{row.Item1}_ReachesTheComponentAsGoWritesIt",
            Post("/v1.0/bindings/files", $$$"""{"operation":"create"{{{row.Item2}}},"metadata":{"fileName":"{k}"}}""", Bytes("""{"fileName":"{k}"}""")),
            Post("/v1.0/bindings/files", """{"operation":"get","metadata":{"fileName":"{k}"}}""", Bytes(row.Item3)))),
        new("Binding_MemberNames_WithoutCaseAndOthersSkipped",
            Post("/v1.0/bindings/files", """{"OPERATION":"create","Data":"x y","METADATA":{"fileName":"{k}"},"other":[1]}""", Bytes("""{"fileName":"{k}"}"""))),
        new("Binding_MetadataKeys_WithCase",
            Post("/v1.0/bindings/files", """{"operation":"get","metadata":{"FILENAME":"{k}"}}""", Fails("files", "required metadata not set: fileName")),
            Post("/v1.0/bindings/files", """{"operation":"get","metadata":null}""", Fails("files", "required metadata not set: fileName"))),
        new("Binding_ResponseMetadata_BecomesHeaders",
            Post("/v1.0/bindings/web", """{"operation":"post","data":"<hi>","metadata":{"path":"{k}"}}""", Bytes("\"\\u003chi\\u003e\"") with
            {
                Headers = [("metadata.statusCode", "200"), ("metadata.status", "200 OK"), ("metadata.Content-Type", "application/json; charset=utf-8")],
            })),
        new("Binding_TraceHeaders_ReachTheComponentAsMetadata",
            Post("/v1.0/bindings/web", """{"operation":"get"}""", Bytes("") with
            {
                Headers = [("metadata.X-Parent", Parent), ("metadata.X-State", "a=b"), ("metadata.X-Baggage", "k=v;p, l=%20")],
            }).With("traceparent", Parent).With("tracestate", "a=b").With("baggage", "k=v;p, l=%20"),
            Post("/v1.0/bindings/files", """{"operation":"list"}""", new WireAnswer(200) { ContentType = Json, BodyPrefix = "[" }).With("traceparent", "nonsense")),
        new("Binding_EscapedName_Found", Post("/v1.0/bindings/fil%65s", """{"operation":"list","metadata":{"fileName":"{k}"}}""", ErrorLike(500, Code, "error invoking output binding files: error getting stats for path "))),
    ];

    private static WireCase[] Refused =>
    [
        new("Binding_OtherCase_500", Post("/v1.0/bindings/Files", Create, Fails("Files", "couldn't find output binding Files"))),
        new("Binding_InputOnly_500", Post("/v1.0/bindings/yearly", Create, Fails("yearly", "couldn't find output binding yearly"))),
        new("Binding_UnknownOperation_500",
            Post("/v1.0/bindings/files", """{"operation":"append"}""", Fails("files", "binding files does not support operation append. supported operations:create get list delete")),
            Post("/v1.0/bindings/files", """{"operation":"Create"}""", Fails("files", "binding files does not support operation Create. supported operations:create get list delete"))),
        new("Binding_FaultWithMetadata_500WithHeaders",
            Post("/v1.0/bindings/web", """{"operation":"put","metadata":{"path":"missing"}}""", Fails("web", "received status code 404")
                .WithHeader("metadata.statusCode", "404").WithHeader("metadata.status", "404 Not Found"))),
        new("Binding_ComponentsFault_500",
            Post("/v1.0/bindings/files", """{"operation":"get","metadata":{"fileName":"{k}"}}""", ErrorLike(500, Code, "error invoking output binding files: file not found: ")),
            Post("/v1.0/bindings/points", """{"operation":"create","data":"<no point>"}""", Fails("points", "influx error: Cannot convert request data")),
            Post("/v1.0/bindings/points", """{"operation":"query"}""", Fails("points", "required metadata not set: raw"))),
    ];

    private static WireAnswer Malformed { get; } = ErrorLike(400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: ");

    private static WireAnswer Fails(string name, string inner) => Error(500, Code, $"error invoking output binding {name}: {inner}");
}
