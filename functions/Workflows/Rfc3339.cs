using System.Globalization;

namespace Serverless.Functions.Workflows;

/// <summary>Times in the form of RFC 3339.</summary>
internal static class Rfc3339
{
    private const int Seconds = 19;
    private const int MostDigits = 7;
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>Reads a time; digits behind the seventh of a fraction are dropped.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        var upper = text.ToUpperInvariant();
        var end = Seconds + 1;
        while (end < upper.Length && char.IsAsciiDigit(upper[end]))
        {
            end++;
        }

        if (upper.Length > Seconds && upper[Seconds] == '.' && end > Seconds + 1 + MostDigits)
        {
            upper = upper.Remove(Seconds + 1 + MostDigits, end - Seconds - 1 - MostDigits);
        }

        return DateTimeOffset.TryParseExact(upper, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
