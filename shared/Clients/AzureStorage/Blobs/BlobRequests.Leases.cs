using System.Globalization;
using Azure.Core;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <remarks>https://learn.microsoft.com/rest/api/storageservices/lease-blob.</remarks>
internal sealed partial class BlobRequests
{
    private const int LongestBreak = 60;
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestLease = TimeSpan.FromSeconds(60);

    /// <summary>Repeated freely: the same id may be given twice.</summary>
    public HttpMessage AcquireLease(string name, Guid leaseId, TimeSpan? duration)
    {
        if (duration is { } time && (time < ShortestLease || time > LongestLease || time.Ticks % TimeSpan.TicksPerSecond != 0))
        {
            throw new BlobRequestException("a lease lasts 15 to 60 whole seconds, or without end");
        }

        var message = Lease(name, "acquire", RepeatRule.Freely);
        message.Request.Headers.SetValue("x-ms-lease-duration", Seconds(duration ?? TimeSpan.FromSeconds(-1)));
        message.Request.Headers.SetValue("x-ms-proposed-lease-id", leaseId.ToString());
        return message;
    }

    /// <summary>Repeated freely: it only ends later.</summary>
    public HttpMessage RenewLease(string name, Guid leaseId) => Lease(name, "renew", RepeatRule.Freely, leaseId);

    public HttpMessage ReleaseLease(string name, Guid leaseId) => Lease(name, "release", RepeatRule.IfNotExecuted, leaseId);

    public HttpMessage ChangeLease(string name, Guid leaseId, Guid newLeaseId)
    {
        var message = Lease(name, "change", RepeatRule.IfNotExecuted, leaseId);
        message.Request.Headers.SetValue("x-ms-proposed-lease-id", newLeaseId.ToString());
        return message;
    }

    public HttpMessage BreakLease(string name, TimeSpan? period)
    {
        if (period is { TotalSeconds: < 0 or > LongestBreak })
        {
            throw new BlobRequestException($"a lease is broken within 0 to {LongestBreak} seconds");
        }

        var message = Lease(name, "break", RepeatRule.IfNotExecuted);
        if (period is { } time)
        {
            message.Request.Headers.SetValue("x-ms-lease-break-period", Seconds(time));
        }

        return message;
    }

    private HttpMessage Lease(string name, string action, RepeatRule repeat, Guid? leaseId = null)
    {
        var message = OnBlob(RequestMethod.Put, name, repeat);
        message.Request.Uri.AppendQuery("comp", "lease");
        message.Request.Headers.SetValue("x-ms-lease-action", action);
        if (leaseId is { } id)
        {
            message.Request.Headers.SetValue("x-ms-lease-id", id.ToString());
        }

        return message;
    }

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
