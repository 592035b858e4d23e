using System.Text;
using Serverless.Components.Workflows.Dispatch;

namespace Serverless.Tests.Components.Workflows.Dispatch;

public sealed class DoorbellTextTests
{
    private static readonly DateTimeOffset Due = new(2026, 11, 20, 18, 30, 15, 123, TimeSpan.Zero);

    [Fact]
    public void Write_Doorbell_IsReadAgain()
    {
        var plain = new WorkflowDoorbell("app", "grüße-1", "turn", IsActivity: false, Due);

        Assert.Equal("""{"appId":"app","instanceId":"gr\u00FC\u00DFe-1","workId":"turn","isActivity":false,"due":"2026-11-20T18:30:15.123Z"}""", Encoding.UTF8.GetString(DoorbellText.Write(plain).Span));
        Assert.Equal(plain, DoorbellText.Read(DoorbellText.Write(plain).Span));
        var repeated = plain with { IsActivity = true, IsRepeated = true };
        Assert.Equal(repeated, DoorbellText.Read(DoorbellText.Write(repeated).Span));
    }

    [Fact]
    public void Read_OfALaterVersion_PassesOverWhatItDoesNotKnow() => Assert.Equal(
        new WorkflowDoorbell("a", "i", "w", IsActivity: true, Due),
        DoorbellText.Read("""{"new":[1],"due":"2026-11-20T20:30:15.123+02:00","workId":"w","instanceId":"i","appId":"a","isActivity":true}"""u8));

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"appId":"a","instanceId":"i","workId":"w","isActivity":false}""")]
    [InlineData("""{"appId":"a","instanceId":"i","workId":"w","due":"soon"}""")]
    [InlineData("""{"appId":"a","instanceId":7,"workId":"w","due":"2026-11-20T18:30:15Z"}""")]
    [InlineData("""{"appId":"","instanceId":"i","workId":"w","due":"2026-11-20T18:30:15Z"}""")]
    [InlineData("""{"appId":"\ud800","instanceId":"i","workId":"w","due":"2026-11-20T18:30:15Z"}""")]
    [InlineData("""{"appId":"a","instanceId":"i","workId":"w","due":"2026-11-20T18:30:15Z"} {}""")]
    public void Read_NoDoorbell_SaysSo(string text)
    {
        var fault = Assert.Throws<FormatException>(() => DoorbellText.Read(Encoding.UTF8.GetBytes(text)));

        Assert.DoesNotContain("soon", fault.Message, StringComparison.Ordinal);
    }
}
