using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §1.14: health of a process that is ready.</summary>
internal static class HealthTable
{
    public static IEnumerable<WireCase> Rows =>
    [
        new("Health_Ready_204", Get("/v1.0/healthz", Empty())),
        new("Health_Outbound_204", Get("/v1.0/healthz/outbound", Empty())),
        new("Health_OwnAppId_204", Get("/v1.0/healthz?appid=app", Empty())),
        new("Health_OtherAppId_500", Get("/v1.0/healthz?appid=other", OtherAppId)),
        new("Health_EmptyAppId_500", Get("/v1.0/healthz?appid=", OtherAppId)),
        new("Health_AppIdOfOtherCase_Ignored", Get("/v1.0/healthz?AppId=other", Empty())),
        new("Health_OutboundAppId_NotLookedAt", Get("/v1.0/healthz/outbound?appid=other", Empty())),
        new("Health_Post_NoRoute", Post("/v1.0/healthz", "", RouteTable.NoRoute)),
        new("Health_OutboundPut_NoRoute", Put("/v1.0/healthz/outbound", "", RouteTable.NoRoute)),
        new("Health_Alpha_NoRoute", Get("/v1.0-alpha1/healthz", RouteTable.NoRoute)),
        new("Health_UnknownPart_NoRoute", Get("/v1.0/healthz/inbound", RouteTable.NoRoute)),
        new WireCase("Health_ControlPlane_200WithoutBody", Get("/healthz", new WireAnswer(200) { Body = "" })).On(WireTargets.Standalone),
        new WireCase("Health_TrailingSlash_204", Get("/v1.0/healthz/", Empty())).On(WireTargets.Standalone),
        new WireCase("Health_DoubleSlash_204", Get("/v1.0//healthz", Empty())).On(WireTargets.Standalone),
        new WireCase("Health_DotSegments_204",
            Get("/v1.0/./healthz", Empty()), Get("/v1.0/state/../healthz", Empty()), Get("/../v1.0/healthz", Empty())).On(WireTargets.Standalone),
    ];

    private static WireAnswer OtherAppId { get; } = Error(500, "ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match");
}
