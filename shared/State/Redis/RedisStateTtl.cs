using System.Globalization;

namespace Serverless.Components.State.Redis;

/// <summary>How long a value lives, as the scripts take it.</summary>
internal static class RedisStateTtl
{
    /// <summary>Most seconds that Redis can count from now: it keeps milliseconds since 1970 in 64 bits.</summary>
    public const long Longest = 9_000_000_000_000_000;

    /// <summary>
    /// Reads <c>ttlInSeconds</c>: any whole number of 64 bits, where zero and below end an earlier expiry. The argument is the
    /// seconds, 0 to end an expiry, or empty to keep what the key has.
    /// </summary>
    /// <returns>True, or false with the complaint.</returns>
    public static bool TryRead(IReadOnlyDictionary<string, string> metadata, long? fallback, out string argument, out string? complaint)
    {
        complaint = null;
        var ttl = fallback;
        if (metadata.TryGetValue("ttlInSeconds", out var text) && text.Length > 0)
        {
            ttl = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
            complaint = ttl is null ? $"failed to parse ttl from metadata: incorrect value for metadata 'ttlInSeconds': '{text}' is not a whole number"
                : ttl > Longest ? $"failed to parse ttl from metadata: incorrect value for metadata 'ttlInSeconds': '{text}' is more than {Longest}"
                : null;
        }

        argument = ttl switch
        {
            null => "",
            > 0 => ttl.Value.ToString(CultureInfo.InvariantCulture),
            _ => "0",
        };
        return complaint is null;
    }
}
