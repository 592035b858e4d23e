using System.Globalization;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <content>Timeouts and pauses.</content>
internal static partial class RedisSettings
{
    // What a timer can wait, in whole days.
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(24);

    /// <summary>
    /// The client has one time from sending to reply: the longer of <c>readTimeout</c> and <c>writeTimeout</c>, where no limit is
    /// the longest.
    /// </summary>
    private static RedisOptions WithTimeouts(MetadataBinder binder, RedisOptions options)
    {
        var read = ReadTime(binder, "readTimeout", TimeSpan.FromSeconds(3), allowsUnlimited: true);
        var write = ReadTime(binder, "writeTimeout", read, allowsUnlimited: true);
        var queue = read == TimeSpan.MaxValue ? TimeSpan.FromSeconds(30) : read + TimeSpan.FromSeconds(1);
        return options with
        {
            CommandTimeout = read > write ? read : write,
            QueueTimeout = ReadTime(binder, "poolTimeout", queue, allowsUnlimited: false),
        };
    }

    /// <summary>The shorter pause is never above the longer one, which makes daprd's default of 2 s an effective 512 ms.</summary>
    private static RedisOptions WithRetryIntervals(MetadataBinder binder, RedisOptions options)
    {
        var longest = ReadPause(binder, "redisMaxRetryInterval", DefaultMaxRetryInterval, "ms");

        // Dapr documents the old name with nanoseconds.
        var shortest = binder.Text("redisMinRetryInterval") is null
            ? ReadPause(binder, "maxRetryBackoff", DefaultMinRetryInterval, "ns")
            : ReadPause(binder, "redisMinRetryInterval", DefaultMinRetryInterval, "ms");
        return options with { MinRetryInterval = shortest < longest ? shortest : longest, MaxRetryInterval = longest };
    }

    // -1 is no pause.
    private static TimeSpan ReadPause(MetadataBinder binder, string name, TimeSpan fallback, string unit)
    {
        var pause = ReadTime(binder, name, fallback, allowsUnlimited: true, unit);
        return pause == TimeSpan.MaxValue ? TimeSpan.Zero : pause;
    }

    /// <summary>A Go duration or a plain number of units; 0 is the default as in the Go client, -1 without a unit is no limit.</summary>
    private static TimeSpan ReadTime(MetadataBinder binder, string name, TimeSpan fallback, bool allowsUnlimited, string unit = "ms")
    {
        if (binder.Text(name) is not { } text)
        {
            return fallback;
        }

        if (allowsUnlimited && text == "-1")
        {
            return TimeSpan.MaxValue;
        }

        var withUnit = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text + unit : text;
        if (DaprText.TryParseDuration(withUnit, TimeSpan.FromMilliseconds(1), out var time) && time >= TimeSpan.Zero && time <= LongestTime)
        {
            return time == TimeSpan.Zero ? fallback : time;
        }

        binder.Fault(name, $"a duration such as 500ms, 5s or a number of {unit}{(allowsUnlimited ? ", or -1" : "")}, up to {LongestTime.TotalDays} days");
        return fallback;
    }
}
