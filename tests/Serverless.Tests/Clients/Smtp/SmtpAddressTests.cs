using Serverless.Components.Clients.Smtp;

namespace Serverless.Tests.Clients.Smtp;

public sealed class SmtpAddressTests
{
    [Theory]
    [InlineData("a@b", "a@b", "")]
    [InlineData("  a.b+c@example.com ", "a.b+c@example.com", "")]
    [InlineData("<a@b>", "a@b", "")]
    [InlineData("My Name <a@b>", "a@b", "My Name")]
    [InlineData("\"Na\\\"me, x\" <a@b>", "a@b", "Na\"me, x")]
    public void TryParse_Address_IsTakenApart(string text, string mailbox, string owner)
    {
        Assert.True(SmtpAddress.TryParse(text, out var address));
        Assert.Equal((mailbox, owner), (address.Mailbox, address.Owner));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@b")]
    [InlineData("a@")]
    [InlineData("a@b@c")]
    [InlineData("a b@c")]
    [InlineData("a@b\r\n")]
    [InlineData("a@b\n<c@d>")]
    [InlineData("Name\r\nBcc: x@y <a@b>")]
    [InlineData("<a@b")]
    [InlineData("a@b> <c@d>>")]
    [InlineData("ü@b")]
    [InlineData("a@b,c@d")]
    public void TryParse_SomethingElse_IsRefused(string text) => Assert.False(SmtpAddress.TryParse(text, out _));
}
