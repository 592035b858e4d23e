namespace Serverless.Components.Bindings.Cron;

/// <summary>The six fields of a schedule, and the calendar without clock changes that they describe.</summary>
internal sealed record CronFields(CronField Second, CronField Minute, CronField Hour, CronField DayOfMonth, CronField Month, CronField DayOfWeek)
{
    /// <summary>True when either of the two day fields is enough; with a star in one of them both must hold.</summary>
    public bool EitherDay => !DayOfMonth.IsStar && !DayOfWeek.IsStar;

    /// <summary>The first wall-clock time (whole seconds) from <paramref name="from"/> to the end of <paramref name="lastYear"/>, or null.</summary>
    public DateTime? First(DateTime from, int lastYear)
    {
        var (date, time) = (from.Date, from.TimeOfDay);
        while (date.Year <= lastYear)
        {
            if (!Month.Allows(date.Month))
            {
                date = new DateTime(date.Year, date.Month, 1).AddMonths(1);
            }
            else if (HasDay(date) && TimeFrom(time) is { } found)
            {
                return date + found;
            }
            else
            {
                date = date.AddDays(1);
            }

            time = TimeSpan.Zero;
        }

        return null;
    }

    private bool HasDay(DateTime date)
    {
        var (ofMonth, ofWeek) = (DayOfMonth.Allows(date.Day), DayOfWeek.Allows((int)date.DayOfWeek));
        return EitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    private TimeSpan? TimeFrom(TimeSpan least)
    {
        var hour = Hour.From(least.Hours);
        if (hour == least.Hours)
        {
            var minute = Minute.From(least.Minutes);
            if (minute == least.Minutes && Second.From(least.Seconds) is >= 0 and var second)
            {
                return new TimeSpan(hour, minute, second);
            }

            minute = Minute.From(least.Minutes + 1);
            if (minute >= 0)
            {
                return new TimeSpan(hour, minute, Second.From(0));
            }

            hour = Hour.From(hour + 1);
        }

        return hour < 0 ? null : new TimeSpan(hour, Minute.From(0), Second.From(0));
    }
}
