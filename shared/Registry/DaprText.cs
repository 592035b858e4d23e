using System.Globalization;

namespace Serverless.Components.Registry;

/// <summary>Text forms that Dapr accepts in resources and flags.</summary>
public static class DaprText
{
    private static readonly (string Unit, decimal Ticks)[] Units =
    [
        ("ns", 0.01m), ("us", TimeSpan.TicksPerMicrosecond), ("µs", TimeSpan.TicksPerMicrosecond), ("μs", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>True for <c>y, yes, true, t, on, 1</c> without case; false for anything else.</summary>
    public static bool IsTruthy(string? value) =>
        value?.Trim().ToLowerInvariant() is "y" or "yes" or "true" or "t" or "on" or "1";

    /// <summary>Parses a Go duration (<c>-1h2m3.5s</c>) or a plain number counted in <paramref name="plainUnit"/>.</summary>
    /// <remarks>Go: time.ParseDuration. False when the text is neither, or too large.</remarks>
    public static bool TryParseDuration(ReadOnlySpan<char> text, TimeSpan plainUnit, out TimeSpan duration)
    {
        duration = default;
        var negative = text is ['-', ..];
        var rest = text is ['-', ..] or ['+', ..] ? text[1..] : text;
        decimal ticks = 0;
        if (rest.IsEmpty)
        {
            return false;
        }

        if (long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var plain))
        {
            ticks = (decimal)plain * plainUnit.Ticks;
        }
        else
        {
            while (!rest.IsEmpty)
            {
                if (!TryTakeTerm(ref rest, out var term))
                {
                    return false;
                }

                ticks += term;
            }
        }

        if (ticks > long.MaxValue)
        {
            return false;
        }

        duration = TimeSpan.FromTicks(negative ? -(long)ticks : (long)ticks);
        return true;
    }

    /// <summary>Parses a Kubernetes resource quantity (<c>4Mi</c>, <c>2MB</c>, <c>500</c>) into bytes; a negative number is allowed.</summary>
    /// <remarks>Kubernetes docs: reference/kubernetes-api/common-definitions/quantity. A trailing <c>B</c> is tolerated, as Dapr's CLI does.</remarks>
    public static bool TryParseQuantity(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        if (text is [.., 'B' or 'b'])
        {
            text = text[..^1];
        }

        var (factor, suffixLength) = text switch
        {
            [.., 'K' or 'k', 'i'] => (1L << 10, 2),
            [.., 'M', 'i'] => (1L << 20, 2),
            [.., 'G', 'i'] => (1L << 30, 2),
            [.., 'T', 'i'] => (1L << 40, 2),
            [.., 'K' or 'k'] => (1_000L, 1),
            [.., 'M'] => (1_000_000L, 1),
            [.., 'G'] => (1_000_000_000L, 1),
            [.., 'T'] => (1_000_000_000_000L, 1),
            _ => (1L, 0),
        };
        if (!decimal.TryParse(text[..^suffixLength], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || Math.Abs(number) > long.MaxValue / factor)
        {
            return false;
        }

        bytes = (long)(number * factor);
        return true;
    }

    private static bool TryTakeTerm(ref ReadOnlySpan<char> rest, out decimal ticks)
    {
        ticks = 0;
        var digits = 0;
        while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
        {
            digits++;
        }

        if (digits == 0 || digits == rest.Length || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        rest = rest[digits..];
        var end = rest.IndexOfAnyInRange('0', '9');
        var unit = end < 0 ? rest : rest[..end];
        foreach (var (name, perUnit) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                if (number > long.MaxValue / Math.Max(perUnit, 1))
                {
                    return false;
                }

                ticks = number * perUnit;
                rest = rest[unit.Length..];
                return true;
            }
        }

        return false;
    }
}
