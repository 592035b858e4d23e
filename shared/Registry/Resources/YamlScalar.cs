using System.Globalization;

namespace Serverless.Components.Registry.Resources;

/// <summary>Types of plain scalars, as the YAML 1.1 reader behind Kubernetes and Dapr resolves them.</summary>
internal static class YamlScalar
{
    public static bool TryReadBoolean(string text, out bool value)
    {
        value = text is "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON";
        return value || text is "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF";
    }

    /// <summary>The JSON text of a plain scalar that is a boolean or a number; null when it is a string.</summary>
    public static string? ToJson(string text)
    {
        if (TryReadBoolean(text, out var boolean))
        {
            return boolean ? "true" : "false";
        }

        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (TryReadInteger(digits, out var integer))
        {
            return integer.ToString(CultureInfo.InvariantCulture);
        }

        return digits.Length > 0 && (char.IsAsciiDigit(digits[0]) || digits[0] is '.' or '-' or '+')
            && double.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? FloatText(number)
            : null;
    }

    private static bool TryReadInteger(string text, out long value)
    {
        var negative = text.StartsWith('-');
        var digits = text is ['+' or '-', ..] ? text[1..] : text;
        var (style, body, radix) = digits switch
        {
            ['0', 'x', ..] => (NumberStyles.AllowHexSpecifier, digits[2..], 16),
            ['0', 'b', ..] => (NumberStyles.AllowBinarySpecifier, digits[2..], 2),
            ['0', 'o', .. var rest] => (NumberStyles.None, rest, 8),
            ['0', .. { Length: > 0 } rest] when rest.AsSpan().IndexOfAnyExceptInRange('0', '7') < 0 => (NumberStyles.None, rest, 8),
            _ => (NumberStyles.None, digits, 10),
        };
        var read = radix == 8
            ? TryReadOctal(body, out value)
            : long.TryParse(body, style, CultureInfo.InvariantCulture, out value);
        value = negative ? -value : value;
        return read;
    }

    private static bool TryReadOctal(string digits, out long value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (long)(digit - '0');
        }

        return digits.Length > 0;
    }

    // Go writes floats plainly between 1e-6 and 1e21.
    private static string FloatText(double number) =>
        Math.Abs(number) is 0 or (>= 1e-6 and < 1e21)
            ? ((decimal)number is var exact && (double)exact == number ? exact.ToString("0.#############################", CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture))
            : number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
}
