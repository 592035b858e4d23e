using System.Globalization;
using System.Numerics;

namespace Serverless.Components.Bindings.Cron;

/// <summary>The values that one field of a schedule allows.</summary>
/// <param name="Bits">One bit per value.</param>
/// <param name="IsStar">True when the field holds <c>*</c> or <c>?</c> without a step, which decides how the two day fields combine.</param>
internal readonly record struct CronField(ulong Bits, bool IsStar)
{
    /// <summary>Whether the field allows a value.</summary>
    public bool Allows(int value) => (Bits >> value & 1) != 0;

    /// <summary>The first allowed value from <paramref name="least"/> on, or -1.</summary>
    public int From(int least)
    {
        var rest = Bits >> least;
        return rest == 0 ? -1 : least + BitOperations.TrailingZeroCount(rest);
    }

    /// <summary>Reads a field: ranges with commas between them.</summary>
    /// <exception cref="FormatException">It is none; the message names the field.</exception>
    public static CronField Parse(string text, CronFieldKind kind)
    {
        var (bits, isStar) = (0UL, false);
        foreach (var range in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var read = ParseRange(range, kind);
            (bits, isStar) = (bits | read.Bits, isStar | read.IsStar);
        }

        return bits == 0 ? throw kind.Fault($"no value: {text}") : new CronField(bits, isStar);
    }

    /// <summary>Every value of a field.</summary>
    public static CronField All(CronFieldKind kind) => new(Span(kind.Least, kind.Most, 1), IsStar: true);

    private static CronField ParseRange(string range, CronFieldKind kind)
    {
        var halves = range.Split('/');
        var ends = halves[0].Split('-');
        var isStar = ends[0] is "*" or "?";
        if (halves.Length > 2)
        {
            throw kind.Fault($"too many slashes: {range}");
        }

        if (ends.Length > 2 && !isStar)
        {
            throw kind.Fault($"too many hyphens: {range}");
        }

        var step = halves.Length == 2 ? Number(halves[1], kind) : 1;
        var first = isStar ? kind.Least : Value(ends[0], kind);
        var last = isStar || (ends.Length == 1 && halves.Length == 2) ? kind.Most : ends.Length == 2 ? Value(ends[1], kind) : first;
        return first < kind.Least ? throw kind.Fault($"beginning of range ({first}) below minimum ({kind.Least}): {range}")
            : last > kind.Most ? throw kind.Fault($"end of range ({last}) above maximum ({kind.Most}): {range}")
            : first > last ? throw kind.Fault($"beginning of range ({first}) beyond end of range ({last}): {range}")
            : step == 0 ? throw kind.Fault($"step of range should be a positive number: {range}")
            : new CronField(Span(first, last, step), isStar && step == 1);
    }

    private static ulong Span(int first, int last, int step)
    {
        var bits = 0UL;
        for (long value = first; value <= last; value += step)
        {
            bits |= 1UL << (int)value;
        }

        return bits;
    }

    private static int Value(string text, CronFieldKind kind) =>
        kind.Names.IndexOf(text.ToLowerInvariant()) is >= 0 and var index ? kind.Least + index : Number(text, kind);

    private static int Number(string text, CronFieldKind kind) =>
        !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? throw kind.Fault($"failed to parse int from {text}")
        : number < 0 ? throw kind.Fault($"negative number ({number}) not allowed: {text}")
        : number;
}
