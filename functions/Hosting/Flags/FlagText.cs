using System.Globalization;
using Serverless.Components.Registry;

namespace Serverless.Functions.Hosting.Flags;

/// <summary>Reads the values of flags.</summary>
internal static class FlagText
{
    // The longest time that a timer can wait.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    // Go: strconv.ParseBool.
    public static bool TryParseSwitch(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }

    public static bool TryParseInteger(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>Null is the empty text: no port.</summary>
    public static bool TryParsePort(string text, out int? port)
    {
        port = null;
        if (text.Length == 0)
        {
            return true;
        }

        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        port = number;
        return true;
    }

    public static bool TryParseDuration(string text, out TimeSpan duration) =>
        DaprText.TryParseDuration(text, TimeSpan.FromSeconds(1), out duration) && duration >= TimeSpan.Zero && duration <= Longest;

    public static bool TryParseBytes(string text, out long bytes) => DaprText.TryParseQuantity(text, out bytes);
}
