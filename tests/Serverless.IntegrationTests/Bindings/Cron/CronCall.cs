using System.Globalization;
using Serverless.Backends.Apps;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>A tick as an app got it.</summary>
/// <param name="Instance">Which instance fired it.</param>
/// <param name="Token">The fencing token; 0 without a lease.</param>
/// <param name="At">When it was read, by the header that Dapr sends.</param>
internal sealed record CronCall(int Instance, long Token, DateTimeOffset At)
{
    public static CronCall Read(int instance, AppRequest request) => new(
        instance,
        long.Parse(request.Header("Fencingtoken") ?? "0", CultureInfo.InvariantCulture),
        DateTimeOffset.ParseExact(request.Header("Readtimeutc")!, "yyyy-MM-dd HH:mm:ss.FFFFFFF '+0000 UTC'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
}
