using Serverless.Backends.Network;
using Serverless.Backends.Smtp;
using Serverless.Backends.WebServices;
using Serverless.Components.Clients.Smtp;

namespace Serverless.Tests.Clients.Smtp;

/// <summary>What the binding can't be told to do on any port: TLS from the first byte, and what happens to a message in between.</summary>
public sealed class SmtpMailerTests
{
    private static readonly SmtpMessage Message = new()
    {
        From = new SmtpAddress("a@example.com", ""),
        To = [new SmtpAddress("b@example.com", "")],
        Subject = "direct",
        Html = "x"u8.ToArray(),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_TlsFromTheStart_Arrives()
    {
        using var certificates = new CertificateSet();
        await using var sink = await SmtpSink.StartAsync(new SmtpSinkSettings { Certificates = certificates, IsEncryptedFromTheStart = true, User = "u", Password = "p" }, Token);
        var options = new SmtpOptions { Host = "localhost", Port = sink.Port, IsEncryptedFromTheStart = true, SkipsVerification = true, User = "u", Password = "p" };

        await new SmtpMailer(options).SendAsync(Message, Token);
        var distrusting = await Assert.ThrowsAsync<SmtpException>(() => new SmtpMailer(options with { SkipsVerification = false }).SendAsync(Message, Token));

        Assert.True((bool)(await sink.MessageAsync("direct", Token))["encrypted"]!);
        Assert.Single(sink.Messages);
        Assert.Contains("certificate", distrusting.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_PasswordToAnotherMachineWithoutTls_IsNotSent()
    {
        await using var server = RawServer.Greeting("220 hi\r\n250-hi\r\n250 AUTH PLAIN LOGIN\r\n235 in\r\n");
        var options = new SmtpOptions { Host = "127.0.0.2", Port = server.Port, User = "u", Password = "p", Limit = TimeSpan.FromSeconds(5) };

        var fault = await Assert.ThrowsAsync<SmtpException>(() => new SmtpMailer(options).SendAsync(Message, Token));

        Assert.EndsWith("unencrypted connection: the server offers no TLS, so the password is not sent", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PLAIN", "535 5.7.8 no AHUAc2VzYW1l here\r\n", "the server refused the user: 535")]
    [InlineData("LOGIN", "334 VXNlcg==\r\n334 UGFzcw==\r\n535-5.7.8 sesame\r\n535 is wrong\r\n", "the server refused the user: 535")]
    [InlineData("PLAIN", "535 5.7.8 wrong\r\n", "the server refused the user: 535 5.7.8 wrong")]
    public async Task Send_ServerQuotesThePassword_IsNotTold(string mechanism, string replies, string fault)
    {
        await using var server = RawServer.Greeting($"220 hi\r\n250-hi\r\n250 AUTH {mechanism}\r\n{replies}");
        var options = new SmtpOptions { Host = "127.0.0.1", Port = server.Port, User = "u", Password = "sesame", Limit = TimeSpan.FromSeconds(5) };

        var told = await Assert.ThrowsAsync<SmtpException>(() => new SmtpMailer(options).SendAsync(Message, Token));

        Assert.Equal($"127.0.0.1:{server.Port}: {fault}", told.Message);
    }

    [Fact]
    public async Task Send_Cancelled_IsCancelled()
    {
        await using var server = RawServer.Greeting("220 hi\r\n");
        using var stop = new CancellationTokenSource();
        var sending = new SmtpMailer(new SmtpOptions { Host = "127.0.0.1", Port = server.Port }).SendAsync(Message, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }
}
