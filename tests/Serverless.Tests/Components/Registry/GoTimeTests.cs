using Serverless.Components.Registry;

namespace Serverless.Tests.Components.Registry;

public sealed class GoTimeTests
{
    // Go: time.Duration.String, the cases of its own test where a tick can hold them.
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "100ns")]
    [InlineData(11, "1.1µs")]
    [InlineData(22_000, "2.2ms")]
    [InlineData(33_000_000, "3.3s")]
    [InlineData(2_450_000_000, "4m5s")]
    [InlineData(2_450_010_000, "4m5.001s")]
    [InlineData(183_070_010_000, "5h5m7.001s")]
    [InlineData(4_800_000_000, "8m0s")]
    [InlineData(36_000_000_000, "1h0m0s")]
    [InlineData(-10_000_000, "-1s")]
    public void Format_Duration_IsGos(long ticks, string expected) => Assert.Equal(expected, GoTime.Format(TimeSpan.FromTicks(ticks)));

    [Theory]
    [InlineData(1_200_000, "2026-01-02T02:04:05.12Z")]
    [InlineData(0, "2026-01-02T02:04:05Z")]
    public void Format_Instant_IsUtcWithoutZerosAtItsEnd(long ticks, string expected) =>
        Assert.Equal(expected, GoTime.Format(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)).AddTicks(ticks)));

    [Theory]
    [InlineData(1_200_000, "2026-01-02 02:04:05.12 +0000 UTC")]
    [InlineData(0, "2026-01-02 02:04:05 +0000 UTC")]
    public void Print_Instant_IsUtcWithoutZerosAtItsEnd(long ticks, string expected) =>
        Assert.Equal(expected, GoTime.Print(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)).AddTicks(ticks)));
}
