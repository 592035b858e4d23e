using System.Globalization;
using Serverless.Components.Bindings.Cron;

namespace Serverless.Tests.Components.Bindings.Cron;

/// <summary>Ticks of schedules: published expectations of robfig/cron and dapr/kit (spec_test.go), and an evaluator that tries every second.</summary>
public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("2012-07-09T14:45Z", "0 0/15 * * * *", "2012-07-09T15:00Z")]
    [InlineData("2012-07-09T14:59Z", "0 0/15 * * * *", "2012-07-09T15:00Z")]
    [InlineData("2012-07-09T14:59:59Z", "0 0/15 * * * *", "2012-07-09T15:00Z")]
    [InlineData("2012-07-09T14:59:59.9Z", "0/15 * * * *", "2012-07-09T15:00Z")]
    [InlineData("2012-07-09T15:45Z", "0 20-35/15 * * * *", "2012-07-09T16:20Z")]
    [InlineData("2012-07-09T23:46Z", "0 */15 * * * *", "2012-07-10T00:00Z")]
    [InlineData("2012-07-09T23:45Z", "0 20-35/15 * * * *", "2012-07-10T00:20Z")]
    [InlineData("2012-07-09T23:35:51Z", "15/35 20-35/15 * * * *", "2012-07-10T00:20:15Z")]
    [InlineData("2012-07-09T23:35:51Z", "15/35 20-35/15 1/2 * * *", "2012-07-10T01:20:15Z")]
    [InlineData("2012-07-09T23:35:51Z", "15/35 20-35/15 10-12 * * *", "2012-07-10T10:20:15Z")]
    [InlineData("2012-07-09T23:35:51Z", "15/35 20-35/15 1/2 */2 * *", "2012-07-11T01:20:15Z")]
    [InlineData("2012-07-09T23:35:51Z", "15/35 20-35/15 * 9-20 Jul *", "2012-07-10T00:20:15Z")]
    [InlineData("2012-07-09T23:35Z", "0 0 0 9 Apr-Oct ?", "2012-08-09T00:00Z")]
    [InlineData("2012-07-09T23:35Z", "0 0 0 */5 Apr,Aug,Oct Mon", "2012-08-01T00:00Z")]
    [InlineData("2012-07-09T23:35Z", "0 0 0 */5 Oct Mon", "2012-10-01T00:00Z")]
    [InlineData("2012-07-09T23:35Z", "0 0 0 * Feb Mon", "2013-02-04T00:00Z")]
    [InlineData("2012-07-09T23:35Z", "0 0 0 * Feb Mon/2", "2013-02-01T00:00Z")]
    [InlineData("2012-12-31T23:59:45Z", "0 * * * * *", "2013-01-01T00:00Z")]
    [InlineData("2012-07-09T23:35Z", "0 0 0 29 Feb ?", "2016-02-29T00:00Z")]
    [InlineData("2012-07-09T23:35Z", "0 0 0 30 Feb ?", null)]
    [InlineData("2012-07-09T23:35Z", "0 0 0 31 Apr ?", null)]
    [InlineData("2097-01-01T00:00Z", "0 0 0 29 Feb ?", null)]
    [InlineData("2012-07-09T15:00Z", "@hourly", "2012-07-09T16:00Z")]
    [InlineData("2012-07-09T15:00Z", "@midnight", "2012-07-10T00:00Z")]
    [InlineData("2012-07-09T15:00Z", "@weekly", "2012-07-15T00:00Z")]
    [InlineData("2012-07-09T15:00Z", "@monthly", "2012-08-01T00:00Z")]
    [InlineData("2012-07-09T15:00Z", "@annually", "2013-01-01T00:00Z")]
    [InlineData("2012-07-09T15:00:00.7Z", "@every 1h30m", "2012-07-09T16:30Z")]
    [InlineData("2012-07-09T15:00:00.7Z", "@every 5ms", "2012-07-09T15:00:01Z")]
    [InlineData("2012-07-09T15:00Z", "CRON_TZ=Europe/Rome @every 1.9s", "2012-07-09T15:00:01Z")]
    [InlineData("2012-07-09T15:00Z", "TZ=UTC\t@daily", "2012-07-10T00:00Z")]
    [InlineData("2012-07-09T15:00Z", "TZ= 0 16 * * *", "2012-07-09T16:00Z")]
    [InlineData("2016-01-03T13:09:03+05:30", "TZ=Asia/Kolkata 14 14 * * *", "2016-01-03T14:14:00+05:30")]
    public void Next_Plain_IsWhatRobfigPublishes(string after, string schedule, string? expected) => Expect(after, schedule, expected);

    [Theory]
    [InlineData("2012-03-11T00:00-05:00", "TZ=America/New_York 0 30 2 11 Mar ?", "2013-03-11T02:30-04:00")]
    [InlineData("2012-03-11T00:00-05:00", "TZ=America/New_York 0 0 * * * ?", "2012-03-11T01:00-05:00")]
    [InlineData("2012-03-11T01:00-05:00", "CRON_TZ=America/New_York 0 0 * * * ?", "2012-03-11T03:00-04:00")]
    [InlineData("2012-03-11T03:00-04:00", "TZ=America/New_York 0 0 * * * ?", "2012-03-11T04:00-04:00")]
    [InlineData("2012-03-11T01:00-05:00", "TZ=America/New_York 0 0 1 * * ?", "2012-03-12T01:00-04:00")]
    [InlineData("2012-03-11T00:00-05:00", "TZ=America/New_York 0 0 2 * * ?", "2012-03-12T02:00-04:00")]
    [InlineData("2012-11-04T00:00-04:00", "TZ=America/New_York 0 30 2 04 Nov ?", "2012-11-04T02:30-05:00")]
    [InlineData("2012-11-04T01:45-04:00", "TZ=America/New_York 0 30 1 04 Nov ?", "2012-11-04T01:30-05:00")]
    [InlineData("2012-11-04T00:00-04:00", "TZ=America/New_York 0 0 1 * * ?", "2012-11-04T01:00-04:00")]
    [InlineData("2012-11-04T01:00-04:00", "TZ=America/New_York 0 0 1 * * ?", "2012-11-04T01:00-05:00")]
    [InlineData("2012-11-04T01:00-05:00", "TZ=America/New_York 0 0 1 * * ?", "2012-11-05T01:00-05:00")]
    [InlineData("2012-11-04T02:00-05:00", "TZ=America/New_York 0 0 2 * * ?", "2012-11-05T02:00-05:00")]
    [InlineData("2012-11-04T00:00-04:00", "TZ=America/New_York 0 0 3 3 * ?", "2012-12-03T03:00-05:00")]
    [InlineData("2018-10-17T05:00-04:00", "TZ=America/Sao_Paulo 0 0 9 10 * ?", "2018-11-10T06:00-05:00")]
    [InlineData("2018-02-14T05:00-05:00", "TZ=America/Sao_Paulo 0 0 9 22 * ?", "2018-02-22T07:00-05:00")]
    [InlineData("2026-10-24T09:00+02:00", "CRON_TZ=Europe/Rome 0 0 9 * * *", "2026-10-25T09:00+01:00")]
    [InlineData("2011-12-29T12:00-10:00", "TZ=Pacific/Apia 0 12 * * *", "2011-12-31T12:00+14:00")]
    public void Next_AcrossAChangeOfTheClocks_IsWhatRobfigPublishes(string after, string schedule, string? expected) => Expect(after, schedule, expected);

    [Theory]
    [InlineData("2012-07-15", "* * 1,15 * Sun", true)]
    [InlineData("2012-06-15", "* * 1,15 * Sun", true)]
    [InlineData("2012-08-01", "* * 1,15 * Sun", true)]
    [InlineData("2012-07-15", "* * */10 * Sun", true)]
    [InlineData("2012-07-15", "* * * * Mon", false)]
    [InlineData("2012-07-09", "* * 1,15 * *", false)]
    [InlineData("2012-07-15", "* * 1,15 * *", true)]
    [InlineData("2012-07-15", "* * */2 * Sun", true)]
    [InlineData("2012-07-16", "30 8 ? Jul Sun", false)]
    [InlineData("2012-07-08", "0 0 1 * *", false)]
    public void Next_TwoDayFields_CombineByTheirStars(string day, string schedule, bool fires)
    {
        var midnight = DateTimeOffset.Parse(day + "T00:00Z", CultureInfo.InvariantCulture);

        Assert.Equal(fires, CronSchedule.Parse(schedule, TimeZoneInfo.Utc).Next(midnight.AddSeconds(-1)) < midnight.AddDays(1));
    }

    [Theory]
    [InlineData("", "empty spec string")]
    [InlineData("   ", "expected 5 to 6 fields, found 0: []")]
    [InlineData("xyz", "expected 5 to 6 fields, found 1: [xyz]")]
    [InlineData("* * * *", "expected 5 to 6 fields, found 4: [* * * *]")]
    [InlineData("1 2 3 4 5 6 7", "expected 5 to 6 fields, found 7: [1 2 3 4 5 6 7]")]
    [InlineData("60 0 * * *", "minute: end of range (60) above maximum (59): 60")]
    [InlineData("0 60 * * *", "hour: end of range (60) above maximum (23): 60")]
    [InlineData("61 * * * * *", "second: end of range (61) above maximum (59): 61")]
    [InlineData("0 0 0 * *", "day of month: beginning of range (0) below minimum (1): 0")]
    [InlineData("0 0 * Jim *", "month: failed to parse int from Jim")]
    [InlineData("0 0 * * 7", "day of week: end of range (7) above maximum (6): 7")]
    [InlineData("0 0 * * 5-2", "day of week: beginning of range (5) beyond end of range (2): 5-2")]
    [InlineData("5--5 * * * *", "minute: too many hyphens: 5--5")]
    [InlineData("*//2 * * * *", "minute: too many slashes: *//2")]
    [InlineData("*/-12 * * * *", "minute: negative number (-12) not allowed: -12")]
    [InlineData("15/0 * * * *", "minute: step of range should be a positive number: 15/0")]
    [InlineData("*/99999999999 * * * *", "minute: failed to parse int from 99999999999")]
    [InlineData(", * * * *", "minute: no value: ,")]
    [InlineData("@every Xm", "failed to parse duration @every Xm: expected for example 1h30m")]
    [InlineData("@every 5", "failed to parse duration @every 5: expected for example 1h30m")]
    [InlineData("@unrecognized", "unrecognized descriptor: @unrecognized")]
    [InlineData("TZ=UTC", "timezone prefix TZ=UTC is not followed by a schedule")]
    [InlineData("TZ=No/Where * * * * *", "provided bad location No/Where: unknown time zone No/Where")]
    [InlineData("TZ=../UTC * * * * *", "provided bad location ../UTC: unknown time zone ../UTC")]
    public void Parse_NoSchedule_SaysWhatAndWhere(string text, string fault) =>
        Assert.Equal(fault, Assert.Throws<FormatException>(() => CronSchedule.Parse(text, TimeZoneInfo.Utc)).Message);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Next_RandomSchedulesAndZones_AreThoseOfTryingEverySecond(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var fields = BruteForceCron.RandomFields(random);
            var zone = TimeZoneInfo.FindSystemTimeZoneById(BruteForceCron.Zones[random.Next(BruteForceCron.Zones.Length)]);
            var from = BruteForceCron.RandomTime(random, zone);
            var until = from.AddHours(30);
            var schedule = CronSchedule.Parse(fields, zone);
            var expected = BruteForceCron.Ticks(fields, zone, from, until);
            var actual = new List<DateTimeOffset>();
            for (var tick = schedule.Next(from); tick <= until; tick = schedule.Next(tick.Value))
            {
                actual.Add(tick.Value);
            }

            Assert.True(expected.SequenceEqual(actual), $"{fields} in {zone.Id} from {from:O}");
            Assert.Equal(expected.Count > 0 ? expected[^1] : null, schedule.LatestDue(from, until));
        }
    }

    [Fact]
    public void Parse_RandomText_IsAScheduleOrAFormatException()
    {
        const string letters = "0123456789 *?/-,@:=TZCRONeverymhsJANsun\t\0.\\";
        var random = new Random(7);
        string[] starts = ["", "@every ", "TZ=", "CRON_TZ=UTC ", "* * * * ", "0 0 * * "];
        var schedules = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var text = starts[random.Next(starts.Length)] + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => letters[random.Next(letters.Length)]));
            try
            {
                var schedule = CronSchedule.Parse(text, TimeZoneInfo.Utc);
                var now = DateTimeOffset.UnixEpoch.AddDays(20_000);
                Assert.False(schedule.Next(now) <= now, text);
                _ = schedule.TryToNCrontab(out _);
                schedules++;
            }
            catch (FormatException fault)
            {
                Assert.NotEmpty(fault.Message);
            }
        }

        Assert.InRange(schedules, 100, 19_900);
    }

    [Fact]
    public void LatestDue_Every_KeepsTheDistance()
    {
        var start = DateTimeOffset.Parse("2026-01-01T00:00Z", CultureInfo.InvariantCulture);
        var schedule = CronSchedule.Parse("@every 7s", TimeZoneInfo.Utc);

        Assert.Null(schedule.LatestDue(start, start.AddSeconds(6.9)));
        Assert.Equal(start.AddSeconds(7), schedule.LatestDue(start, start.AddSeconds(13.9)));
        Assert.Equal(start.AddSeconds(7000), schedule.LatestDue(start, start.AddSeconds(7001)));
    }

    private static void Expect(string after, string schedule, string? expected) => Assert.Equal(
        expected is null ? null : DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture).ToUniversalTime(),
        CronSchedule.Parse(schedule, TimeZoneInfo.Utc).Next(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture)));
}
