namespace Serverless.Functions.Triggers;

/// <summary>How long an invocation may take before the host kills the process with every request in it.</summary>
/// <remarks>Functions docs: functions-host-json, functionTimeout.</remarks>
internal static class HostTimeout
{
    private static readonly TimeSpan HostDefault = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>Our own limit of an invocation: 30 s less than the host's, or half of it where that is more.</summary>
    public static TimeSpan Deadline(HostFile host)
    {
        // No limit at all is no reason to wait for ever.
        var limit = host.Time("functionTimeout") ?? HostDefault;
        return limit - Margin > limit / 2 ? limit - Margin : limit / 2;
    }
}
