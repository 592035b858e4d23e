using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Dispatch;

/// <summary>The times of a dispatcher: metadata <c>heartbeatInterval</c> and <c>resendAfter</c>.</summary>
/// <param name="Heartbeat">How often a process that works shows that it lives; after three times as long its work is somebody else's.</param>
/// <param name="ResendAfter">For how long work may be due and untouched before the sweep tells of it again.</param>
internal sealed record DispatcherTimes(TimeSpan Heartbeat, TimeSpan ResendAfter)
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Reads them; faults go to the binder.</summary>
    public static DispatcherTimes Read(MetadataBinder binder) => new(Time(binder, "heartbeatInterval"), Time(binder, "resendAfter"));

    private static TimeSpan Time(MetadataBinder binder, string item)
    {
        var time = binder.Duration(item) ?? Usual;
        if (time < Shortest || time > Longest)
        {
            binder.Fault(item, $"a duration of {Shortest.TotalSeconds:0} s to {Longest.TotalMinutes:0} min");
        }

        return time;
    }
}
