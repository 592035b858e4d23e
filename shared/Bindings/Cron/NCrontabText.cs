using System.Globalization;
using System.Text;

namespace Serverless.Components.Bindings.Cron;

/// <summary>Writes schedules in the six fields of Azure's timers, which ask for both day fields at once.</summary>
/// <remarks>https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer, "NCRONTAB expressions".</remarks>
internal static class NCrontabText
{
    private const string Every = "*";

    /// <summary>The expression, or null when it can't mean the same.</summary>
    public static string? Write(CronFields fields)
    {
        var (ofMonth, ofWeek) = (Write(fields.DayOfMonth, CronFieldKind.DayOfMonth), Write(fields.DayOfWeek, CronFieldKind.DayOfWeek));
        if (fields.EitherDay)
        {
            // Two restrictions of which one is enough can't be said, unless one of them restricts nothing.
            if (ofMonth != Every && ofWeek != Every)
            {
                return null;
            }

            (ofMonth, ofWeek) = (Every, Every);
        }

        return HasDate(fields)
            ? $"{Write(fields.Second, CronFieldKind.Second)} {Write(fields.Minute, CronFieldKind.Minute)} {Write(fields.Hour, CronFieldKind.Hour)} {ofMonth} {Write(fields.Month, CronFieldKind.Month)} {ofWeek}"
            : null;
    }

    // The 30th of February is left to us, who know that it never comes.
    private static bool HasDate(CronFields fields) => fields.EitherDay || Enumerable.Range(1, 12).Any(month =>
        fields.Month.Allows(month) && fields.DayOfMonth.From(1) <= DateTime.DaysInMonth(2024, month));

    private static string Write(CronField field, CronFieldKind kind)
    {
        if (field.Bits == CronField.All(kind).Bits)
        {
            return Every;
        }

        var text = new StringBuilder();
        for (var first = field.From(kind.Least); first >= 0;)
        {
            var last = first;
            while (last < kind.Most && field.Allows(last + 1))
            {
                last++;
            }

            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first)
            {
                text.Append(CultureInfo.InvariantCulture, $"-{last}");
            }

            first = field.From(last + 1);
        }

        return text.ToString();
    }
}
