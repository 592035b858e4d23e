using Serverless.Components.Bindings.PostgreSql;

namespace Serverless.Tests.Components.Bindings.PostgreSql;

public sealed class GoTimeTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(3, "300ns")]
    [InlineData(15, "1.5µs")]
    [InlineData(8_000, "800µs")]
    [InlineData(12_345, "1.2345ms")]
    [InlineData(10_000_000, "1s")]
    [InlineData(1_235_000_000, "2m3.5s")]
    [InlineData(36_000_000_000, "1h0m0s")]
    [InlineData(936_015_000_000, "26h0m1.5s")]
    public void Format_Duration_IsGos(long ticks, string expected) => Assert.Equal(expected, GoTime.Format(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void Format_Time_HasNoZerosAtItsEnd()
    {
        var time = new DateTimeOffset(2024, 1, 2, 5, 4, 5, TimeSpan.FromHours(2));

        Assert.Equal("2024-01-02T03:04:05Z", GoTime.Format(time));
        Assert.Equal("2024-01-02T03:04:05.0000012Z", GoTime.Format(time.AddTicks(12)));
    }
}
