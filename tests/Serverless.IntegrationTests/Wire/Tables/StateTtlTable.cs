using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §2.10: item metadata; expiry itself is in <see cref="WireTests"/>.</summary>
internal static class StateTtlTable
{
    private const string Expiry = "metadata.ttlExpireTime";

    public static IEnumerable<WireCase> Rows =>
    [
        new WireCase("Ttl_Given_ExpiryHeader", Ttl("60", Empty()), Read(Bytes("1").Having(Expiry))).On(WireTargets.AllButRedis),
        new("Ttl_Zero_NoExpiry", Ttl("0", Empty()), Read(Bytes("1").WithHeader(Expiry, null))),
        new("Ttl_MinusOne_NoExpiry", Ttl("-1", Empty()), Read(Bytes("1").WithHeader(Expiry, null))),
        new("Ttl_NoNumber_500", Ttl("abc", Failed), Read(Empty())),
        new("Ttl_Fraction_500", Ttl("1.5", Failed), Read(Empty())),
        new("Ttl_Duration_500", Ttl("10s", Failed), Read(Empty())),
        new WireCase("Ttl_BelowMinusOne_SqlRefuses", Ttl("-5", Failed), Read(Empty())).On(WireTargets.SqlStores),
        new WireCase("Ttl_AboveInt32_SqlRefuses", Ttl("2147483648", Failed), Read(Empty())).On(WireTargets.SqlStores),
        new WireCase("Ttl_BelowMinusOne_InMemoryAndRedisNoExpiry",
            Ttl("-5", Empty()), Read(Bytes("1").WithHeader(Expiry, null))).On(WireTargets.InMemoryStores | WireTargets.Redis),
        new WireCase("Ttl_AboveInt32_InMemoryExpires",
            Ttl("2147483648", Empty()), Read(Bytes("1").Having(Expiry))).On(WireTargets.InMemoryStores),
        new WireCase("Ttl_SavedAgainWithout_Cleared",
            Ttl("60", Empty()), Save("2"), Read(Bytes("2").WithHeader(Expiry, null))).On(WireTargets.AllButRedis),
        new WireCase("Ttl_InUrl_Applies",
            Post("/v1.0/state/{store}?metadata.ttlInSeconds=60", """[{"key":"{k}","value":1}]""", Empty()), Read(Bytes("1").Having(Expiry)))
            .On(WireTargets.AllButRedis),
        new WireCase("Ttl_InUrlAndItem_UrlWins",
            Post("/v1.0/state/{store}?metadata.ttlInSeconds=60", Item("abc"), Empty()), Read(Bytes("1").Having(Expiry)))
            .On(WireTargets.AllButRedis),
        new WireCase("Ttl_InUrlTwice_FirstWins",
            Post("/v1.0/state/{store}?metadata.ttlInSeconds=60&metadata.ttlInSeconds=abc", """[{"key":"{k}","value":1}]""", Empty()),
            Read(Bytes("1").Having(Expiry))).On(WireTargets.AllButRedis),
        new("Ttl_UrlPrefixOfOtherCase_Ignored",
            Post("/v1.0/state/{store}?Metadata.ttlInSeconds=abc", """[{"key":"{k}","value":1}]""", Empty()), Read(Bytes("1"))),
    ];

    private static WireAnswer Failed { get; } = ErrorLike(500, "ERR_STATE_SAVE", "failed saving state in state store {store}: ");

    private static WireStep Ttl(string seconds, WireAnswer answer) => SaveItems(Item(seconds), answer);

    private static string Item(string seconds) => $$"""[{"key":"{k}","value":1,"metadata":{"ttlInSeconds":"{{seconds}}"} }]""";
}
