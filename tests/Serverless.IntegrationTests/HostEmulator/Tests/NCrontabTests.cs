using System.Globalization;

namespace Serverless.IntegrationTests.HostEmulator.Tests;

public sealed class NCrontabTests
{
    [Theory]
    [InlineData("* * * * * *", "2026-01-31T23:59:59Z", "2026-02-01T00:00:00Z")]
    [InlineData("0 * * * * *", "2026-01-01T00:00:00.5Z", "2026-01-01T00:01:00Z")]
    [InlineData("0 */15 * * * *", "2026-01-01T00:45:00Z", "2026-01-01T01:00:00Z")]
    [InlineData("30 5,10 3-4 * * *", "2026-01-01T03:10:30Z", "2026-01-01T04:05:30Z")]
    [InlineData("0 0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-02-13T00:00:00Z")]
    [InlineData("0 0 12 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T12:00:00Z")]
    public void Next_IsTheFirstThatAllFieldsAllow(string expression, string after, string expected) =>
        Assert.Equal(Time(expected), new NCrontab(expression).Next(Time(after)));

    [Fact]
    public void Expression_OfFiveFields_IsNone() => Assert.Throws<FormatException>(() => new NCrontab("* * * * *"));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
