using System.Globalization;

namespace Serverless.Tests.Components.Bindings.Cron;

/// <summary>Evaluates schedules by asking each second whether its wall clock matches; understands only what it makes up itself.</summary>
internal static class BruteForceCron
{
    private static readonly (int Least, int Most)[] Bounds = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];

    public static readonly string[] Zones = ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "Africa/Casablanca", "America/St_Johns"];

    public static string RandomFields(Random random) => string.Join(' ', Bounds.Select((bounds, index) =>
        index < 2 && random.Next(3) == 0 ? "0" : random.Next(index > 2 ? 2 : 3) == 0 ? "*" : RandomField(random, bounds.Least, bounds.Most)));

    /// <summary>Every second time shortly before a change of the clocks.</summary>
    public static DateTimeOffset RandomTime(Random random, TimeZoneInfo zone)
    {
        var time = new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.Next(86_400 * 365));
        for (var day = 0; day < 366 && random.Next(1000) != 0 && zone.SupportsDaylightSavingTime; day++)
        {
            if (zone.GetUtcOffset(time) != zone.GetUtcOffset(time.AddDays(1)))
            {
                return time;
            }

            time = time.AddDays(1);
        }

        return time;
    }

    public static List<DateTimeOffset> Ticks(string schedule, TimeZoneInfo zone, DateTimeOffset after, DateTimeOffset until)
    {
        var fields = schedule.Split(' ');
        var sets = fields.Select((field, index) => Values(field, Bounds[index].Least, Bounds[index].Most)).ToArray();
        var ticks = new List<DateTimeOffset>();
        for (var time = after.AddSeconds(1); time <= until; time = time.AddSeconds(1))
        {
            var wall = TimeZoneInfo.ConvertTime(time, zone).DateTime;
            var (dayOfMonth, dayOfWeek) = (sets[3].Contains(wall.Day), sets[5].Contains((int)wall.DayOfWeek));
            var day = fields[3] == "*" || fields[5] == "*" ? dayOfMonth && dayOfWeek : dayOfMonth || dayOfWeek;
            if (day && sets[0].Contains(wall.Second) && sets[1].Contains(wall.Minute) && sets[2].Contains(wall.Hour) && sets[4].Contains(wall.Month))
            {
                ticks.Add(time);
            }
        }

        return ticks;
    }

    private static string RandomField(Random random, int least, int most)
    {
        var first = random.Next(least, most + 1);
        return random.Next(4) switch
        {
            0 => $"{first}",
            1 => $"{first}-{random.Next(first, most + 1)}",
            2 => $"{first}/{random.Next(1, 9)}",
            _ => $"{first},{random.Next(least, most + 1)},{random.Next(least, most + 1)}",
        };
    }

    private static HashSet<int> Values(string field, int least, int most)
    {
        var all = Enumerable.Range(least, most - least + 1);
        var numbers = field.Split('-', '/', ',').Select(word => word == "*" ? 0 : int.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return [.. all.Where(value => field == "*"
            || (field.Contains('-') ? value >= numbers[0] && value <= numbers[1]
                : field.Contains('/') ? value >= numbers[0] && (value - numbers[0]) % numbers[1] == 0
                : numbers.Contains(value)))];
    }
}
