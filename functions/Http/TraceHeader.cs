using System.Diagnostics;

namespace Serverless.Functions.Http;

/// <summary>Checks of the W3C trace headers.</summary>
/// <remarks>W3C Trace Context 3.2, W3C Baggage 3.3.</remarks>
internal static class TraceHeader
{
    private const int LongestBaggage = 8192;
    private const int MostMembers = 64;

    /// <summary>Whether the text is a <c>traceparent</c>.</summary>
    public static bool IsParent(string text) => ActivityContext.TryParse(text, null, out _);

    /// <summary>What is wrong with a <c>baggage</c> header; null when nothing is.</summary>
    public static string? BaggageFault(string baggage)
    {
        if (baggage.Length > LongestBaggage)
        {
            return $"longer than {LongestBaggage} bytes";
        }

        var members = baggage.Split(',', StringSplitOptions.TrimEntries);
        return members.Length > MostMembers ? $"more than {MostMembers} members" : members.Select(MemberFault).FirstOrDefault(fault => fault is not null);
    }

    private static string? MemberFault(string member)
    {
        foreach (var (part, isFirst) in member.Split(';', StringSplitOptions.TrimEntries).Select((part, index) => (part, index == 0)))
        {
            var equals = part.IndexOf('=');
            if (!HeaderText.IsName(equals < 0 ? part : part[..equals].TrimEnd()) || (equals < 0 && isFirst))
            {
                return $"a member is no pair of name and value: \"{member}\"";
            }

            if (equals >= 0 && part[(equals + 1)..].TrimStart().Any(character => character is <= ' ' or '"' or '\\' or >= '\u007f'))
            {
                return $"a value holds a character that must be escaped: \"{member}\"";
            }
        }

        return null;
    }
}
