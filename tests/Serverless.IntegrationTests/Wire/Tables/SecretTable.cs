using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §6: secrets.</summary>
internal static class SecretTable
{
    private const WireTargets WithStores = WireTargets.InMemory | WireTargets.Host;
    private const WireTargets WithoutStores = WireTargets.Sqlite | WireTargets.Redis;
    private const string NotConfigured = """{"errorCode":"ERR_SECRET_STORES_NOT_CONFIGURED","message":"secret store is not configured"}""";

    private static readonly (string Method, string Path)[] NoRoutes =
    [
        ("POST", "/v1.0/secrets/file/plain"),
        ("PUT", "/v1.0/secrets/file/plain"),
        ("DELETE", "/v1.0/secrets/file/plain"),
        ("POST", "/v1.0/secrets/file/bulk"),
        ("GET", "/v1.0/secrets/file"),
        ("GET", "/v1.0/secrets"),
        ("GET", "/v1.0/secrets/file/plain/x"),
        ("GET", "/v1.0-alpha1/secrets/file/plain"),
        ("GET", "/v1.0/Secrets/file/plain"),
    ];

    public static IEnumerable<WireCase> Rows =>
    [
        .. new WireCase[]
        {
            new("Secret_NoStoreAtAll_500", Get("/v1.0/secrets/file/plain", Fails(500, NotConfigured))),
            new("SecretBulk_NoStoreAtAll_500", Get("/v1.0/secrets/file/bulk", Fails(500, NotConfigured))),
        }.Select(row => row.On(WithoutStores)),
        .. Found.Concat(Refused).Select(row => row.On(WithStores)),
        .. NoRoutes.Select(route => new WireCase($"Secret_{route.Method}_{route.Path}_404", Send(route.Method, route.Path, RouteTable.NoRoute))),
        new WireCase("Secret_BadEscape_400", Get(
            "/v1.0/secrets/file/%zz",
            new WireAnswer(400) { ContentType = PlainText, BodyPrefix = "failed to unescape request parameter \"key\". Error: " })).On(WireTargets.Standalone),
    ];

    private static WireCase[] Found =>
    [
        new("Secret_Single_200", Get("/v1.0/secrets/file/plain", Line("""{"plain":"value"}"""))),
        new("Secret_Empty_200", Get("/v1.0/secrets/file/empty", Line("""{"empty":""}"""))),
        new("Secret_OddCharacters_EscapedAsGoDoes", Get(
            "/v1.0/secrets/file/odd",
            Line("""{"odd":"é€😀 \"q\" \\ / \u003c\u003e\u0026\u2028\u0000\u0001\n\t""" + "\u007f\"}"))),
        new("Secret_Slash_ReadByEscape", Get("/v1.0/secrets/file/a%2Fb", Line("""{"a/b":"slash"}"""))),
        new("Secret_Space_ReadByEscape", Get("/v1.0/secrets/file/with%20space", Line("""{"with space":"space"}"""))),
        new("Secret_Nested_ReadByItsPath",
            Get("/v1.0/secrets/file/nested:inner:password", Line("""{"nested:inner:password":"p"}""")),
            Get("/v1.0/secrets/dotted/nested.inner.password", Line("""{"nested.inner.password":"p"}""")),
            Get("/v1.0/secrets/file/nested:list:1", Line("""{"nested:list:1":"y"}""")),
            Get("/v1.0/secrets/file/number", Line("""{"number":"7"}"""))),
        new("Secret_MultiValued_HasEverySubKey",
            Get("/v1.0/secrets/multi/db", Line("""{"inner:password":"\u003cp\u003e","user":"app"}""")),
            Get("/v1.0/secrets/multi/single", Line("""{"single":"s"}"""))),
        new("Secret_Environment_SetOrNot_200",
            Get("/v1.0/secrets/env/A", Line("""{"A":"1"}""")),
            Get("/v1.0/secrets/env/UNSET", Line("""{"UNSET":""}""")),
            Get("/v1.0/secrets/env/%C3%A9", Line("""{"é":"\u003cé\u003e"}"""))),
        new("Secret_MetadataAndUnknownParameters_AreNoMatter",
            Get("/v1.0/secrets/file/plain?metadata.version_id=3&metadata.namespace=x&y=1", Line("""{"plain":"value"}"""))),
        new("Secret_FittingBody_NoMatter", new WireStep(
            "GET", "/v1.0/secrets/file/plain", """{"storeName":"x","key":"y","metadata":{"a":"b"},"z":1}""", Line("""{"plain":"value"}"""))),
        new("SecretBulk_MultiValued_HasAll",
            Get("/v1.0/secrets/multi/bulk", Line("""{"db":{"inner:password":"\u003cp\u003e","user":"app"},"single":{"single":"s"}}"""))),
        new("SecretBulk_Environment_WithoutPrefix",
            Get("/v1.0/secrets/env/bulk", Line("""{"A":{"A":"1"},"EMPTY":{"EMPTY":""},"é":{"é":"\u003cé\u003e"}}"""))),
        new("SecretBulk_SecretOfThatName_IsOnlyInside", Get("/v1.0/secrets/dotted/bulk", Equal(
            """
            {"plain":{"plain":"value"},"empty":{"empty":""},"a/b":{"a/b":"slash"},"with space":{"with space":"space"},"bulk":{"bulk":"of this name"},
             "odd":{"odd":"é€😀 \"q\" \\ / <>&\u2028\u0000\u0001\n\t\u007f"},"number":{"number":"7"},"nested.user":{"nested.user":"app"},
             "nested.inner.password":{"nested.inner.password":"p"},"nested.list.0":{"nested.list.0":"x"},"nested.list.1":{"nested.list.1":"y"}}
            """))),
        new("SecretScope_AllowedOnly",
            Get("/v1.0/secrets/allowing/single", Line("""{"single":"s"}""")),
            Get("/v1.0/secrets/allowing/bulk", Line("""{"single":{"single":"s"}}"""))),
        new("SecretScope_NotDenied",
            Get("/v1.0/secrets/denying/db", Line("""{"inner:password":"\u003cp\u003e","user":"app"}""")),
            Get("/v1.0/secrets/denying/bulk", Line("""{"db":{"inner:password":"\u003cp\u003e","user":"app"}}"""))),
    ];

    private static WireCase[] Refused =>
    [
        new("Secret_UnknownStore_401", Get("/v1.0/secrets/nosuch/k", Fails(
            401, """{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key nosuch"}"""))),
        new("Secret_StoreNameOfOtherCase_401", Get("/v1.0/secrets/File/k", Fails(
            401, """{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key File"}"""))),
        new("Secret_StateStore_401", Get("/v1.0/secrets/{store}/bulk", Fails(
            401, """{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key {store}"}"""))),
        new("Secret_Missing_500", Get("/v1.0/secrets/file/n%2Fo", Fails(
            500, """{"errorCode":"ERR_SECRET_GET","message":"failed getting secret with key n/o from secret store file: secret n/o not found"}"""))),
        new("Secret_HalfOfANestedName_500", Get("/v1.0/secrets/file/nested", Fails(
            500, """{"errorCode":"ERR_SECRET_GET","message":"failed getting secret with key nested from secret store file: secret nested not found"}"""))),
        new("SecretScope_Denied_403",
            Get("/v1.0/secrets/allowing/db", Fails(403, """{"errorCode":"ERR_PERMISSION_DENIED","message":"access denied by policy to get \"db\" from \"allowing\""}""")),
            Get("/v1.0/secrets/denying/single", Fails(403, """{"errorCode":"ERR_PERMISSION_DENIED","message":"access denied by policy to get \"single\" from \"denying\""}""")),
            Get("/v1.0/secrets/allowing/%22x%22", Fails(403, """{"errorCode":"ERR_PERMISSION_DENIED","message":"access denied by policy to get \"\\\"x\\\"\" from \"allowing\""}"""))),
        new("Secret_BadBody_400BeforeTheStore",
            new WireStep("GET", "/v1.0/secrets/file/plain", "{oops", ErrorLike(400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: ")),
            new WireStep("GET", "/v1.0/secrets/nosuch/bulk", "[]", ErrorLike(400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: "))),
    ];

    private static WireAnswer Line(string json) => Bytes(json + "\n");

    private static WireAnswer Fails(int status, string json) => new(status) { Body = json, ContentType = Json };
}
