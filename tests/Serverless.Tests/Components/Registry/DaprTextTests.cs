using Serverless.Components.Registry;

namespace Serverless.Tests.Components.Registry;

public sealed class DaprTextTests
{
    [Theory]
    [InlineData("5s", 5_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("-1.5h", -5_400_000)]
    [InlineData("250ms", 250)]
    [InlineData("+2", 2_000)]
    [InlineData("0", 0)]
    [InlineData("1000us", 1)]
    public void Duration_GoText_IsParsed(string text, int milliseconds)
    {
        Assert.True(DaprText.TryParseDuration(text, TimeSpan.FromSeconds(1), out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5 s")]
    [InlineData("5x")]
    [InlineData("s")]
    [InlineData("1.s.")]
    [InlineData("99999999999999h")]
    public void Duration_OtherText_IsRefused(string text) => Assert.False(DaprText.TryParseDuration(text, TimeSpan.FromSeconds(1), out _));

    [Theory]
    [InlineData("4Mi", 4L << 20)]
    [InlineData("4Ki", 4096)]
    [InlineData("2MB", 2_000_000)]
    [InlineData("500", 500)]
    [InlineData("1.5Gi", 3L << 29)]
    [InlineData("-1", -1)]
    [InlineData("1k", 1000)]
    public void Quantity_KubernetesText_IsParsed(string text, long expected)
    {
        Assert.True(DaprText.TryParseQuantity(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mi")]
    [InlineData("4 Mi x")]
    [InlineData("99999999999Ti")]
    public void Quantity_OtherText_IsRefused(string text) => Assert.False(DaprText.TryParseQuantity(text, out _));

    [Theory]
    [InlineData("y", true)]
    [InlineData("YES", true)]
    [InlineData("True", true)]
    [InlineData("t", true)]
    [InlineData("on", true)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("enabled", false)]
    [InlineData(null, false)]
    public void Truthy_DaprWords_AreTrue(string? text, bool expected) => Assert.Equal(expected, DaprText.IsTruthy(text));
}
