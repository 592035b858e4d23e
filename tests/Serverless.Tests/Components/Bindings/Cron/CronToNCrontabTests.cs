using Serverless.Components.Bindings.Cron;

namespace Serverless.Tests.Components.Bindings.Cron;

/// <summary>Which schedules Azure's timers can run, and as what.</summary>
public sealed class CronToNCrontabTests
{
    [Theory]
    [InlineData("*/5 * * * *", "0 0,5,10,15,20,25,30,35,40,45,50,55 * * * *")]
    [InlineData("30 8 15 Jul ?", "0 30 8 15 7 *")]
    [InlineData("15 0 9-17 ? JAN-MAR Mon-Fri", "15 0 9-17 * 1-3 1-5")]
    [InlineData("@hourly", "0 0 * * * *")]
    [InlineData("@weekly", "0 0 0 * * 0")]
    [InlineData("@yearly", "0 0 0 1 1 *")]
    [InlineData("TZ=UTC 0 9 * * *", "0 0 9 * * *")]
    [InlineData("CRON_TZ=Etc/UTC 0 9 * * *", "0 0 9 * * *")]
    [InlineData("0 0 1-31 * Mon", "0 0 0 * * *")]
    [InlineData("0 0 1-31 * *", "0 0 0 * * *")]
    [InlineData("0 0 29 Feb *", "0 0 0 29 2 *")]
    [InlineData("0-59 0-23 * * 0,1,2,3,4,5,6", "0 * * * * *")]
    public void TryToNCrontab_SameMeaning_IsWritten(string schedule, string expected)
    {
        Assert.True(CronSchedule.Parse(schedule, TimeZoneInfo.Utc).TryToNCrontab(out var expression));
        Assert.Equal(expected, expression);
    }

    [Theory]
    [InlineData("0 0 1,15 * Sun")]
    [InlineData("0 0 */10 * Sun")]
    [InlineData("TZ=Europe/Berlin 0 9 * * *")]
    [InlineData("@every 5m")]
    [InlineData("TZ=UTC @every 5m")]
    [InlineData("0 0 30 Feb *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    public void TryToNCrontab_OtherMeaning_IsNot(string schedule) =>
        Assert.False(CronSchedule.Parse(schedule, TimeZoneInfo.Utc).TryToNCrontab(out _));

    [Theory]
    [InlineData("* * * * *", false)]
    [InlineData("30 0 9 * * *", false)]
    [InlineData("0,30 * * * * *", true)]
    [InlineData("@every 59s", true)]
    [InlineData("@every 1m", false)]
    public void IsFinerThanMinute_ByTheDistanceOfTicks(string schedule, bool expected) =>
        Assert.Equal(expected, CronSchedule.Parse(schedule, TimeZoneInfo.Utc).IsFinerThanMinute);
}
