using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Serverless.Components.Clients.Smtp;

/// <summary>Sends mail, each message over a connection of its own. Nothing is sent twice.</summary>
/// <remarks>
/// RFC 5321, RFC 3207 (STARTTLS, begun whenever offered), RFC 4954 (AUTH PLAIN and LOGIN). As in Go's client a password leaves only over TLS
/// or to this machine, and a server that offers no AUTH gets none.
/// </remarks>
internal sealed class SmtpMailer(SmtpOptions options)
{
    private const int Ready = 220;
    private const int Done = 250;
    private const int Challenge = 334;
    private const int SignedIn = 235;
    private const int GoOn = 354;

    /// <summary>Sends a message; it is with the server when this returns.</summary>
    /// <exception cref="SmtpException">It was not sent to anybody, or nobody knows, which the message tells.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task SendAsync(SmtpMessage message, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Limit, options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var isSent = false;
        try
        {
            await using var connection = await SmtpConnection.OpenAsync(options, both.Token);
            await GreetAsync(connection, both.Token);
            await AddressAsync(connection, message, both.Token);
            var text = SmtpMessageText.Write(message, options.Time.GetUtcNow(), Guid.NewGuid());
            await connection.WriteAsync(text, both.Token);
            isSent = true;
            await connection.WriteAsync(".\r\n", both.Token);
            var reply = await connection.ReadAsync(both.Token);
            isSent = false;
            Expect(reply, Done, "the message");
            await LeaveAsync(connection, both.Token);
        }
        catch (OperationCanceledException fault) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SmtpException($"{Server}: not done within {options.Limit.TotalSeconds:0.###} s", isSent, fault);
        }
        catch (SmtpException fault)
        {
            throw new SmtpException($"{Server}: {fault.Message}", isSent, fault);
        }
        catch (Exception fault) when (fault is IOException or SocketException or AuthenticationException)
        {
            throw new SmtpException($"{Server}: {fault.GetBaseException().Message}", isSent, fault);
        }
    }

    private string Server => $"{options.Host}:{options.Port}";

    private async Task GreetAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        if (options.IsEncryptedFromTheStart)
        {
            await connection.EncryptAsync(options, cancellationToken);
        }

        Expect(await connection.ReadAsync(cancellationToken), Ready, "the connection");
        var extensions = await HelloAsync(connection, cancellationToken);
        if (!connection.IsEncrypted && Offers(extensions, "STARTTLS") is not null)
        {
            Expect(await connection.CommandAsync("STARTTLS", cancellationToken), Ready, "STARTTLS");
            await connection.EncryptAsync(options, cancellationToken);
            extensions = await HelloAsync(connection, cancellationToken);
        }

        if (options.User is { } user && Offers(extensions, "AUTH") is { } mechanisms)
        {
            await SignInAsync(connection, user, mechanisms, cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<string>> HelloAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.CommandAsync("EHLO localhost", cancellationToken);
        if (reply.Code == Done)
        {
            return reply.Lines;
        }

        Expect(await connection.CommandAsync("HELO localhost", cancellationToken), Done, "HELO");
        return [];
    }

    private static string[]? Offers(IReadOnlyList<string> extensions, string name) => extensions
        .Select(line => line.ToUpperInvariant().Split([' ', '='], StringSplitOptions.RemoveEmptyEntries))
        .FirstOrDefault(words => words.Length > 0 && words[0] == name);

    private async Task SignInAsync(SmtpConnection connection, string user, string[] mechanisms, CancellationToken cancellationToken)
    {
        if (!connection.IsEncrypted && options.Host is not ("localhost" or "127.0.0.1" or "::1"))
        {
            throw new SmtpException("unencrypted connection: the server offers no TLS, so the password is not sent");
        }

        if (mechanisms.Contains("PLAIN"))
        {
            ExpectUser(await connection.CommandAsync($"AUTH PLAIN {Plain(user)}", cancellationToken));
        }
        else if (mechanisms.Contains("LOGIN"))
        {
            Expect(await connection.CommandAsync("AUTH LOGIN", cancellationToken), Challenge, "AUTH LOGIN");
            Expect(await connection.CommandAsync(Base64(user), cancellationToken), Challenge, "the user");
            ExpectUser(await connection.CommandAsync(Base64(options.Password), cancellationToken));
        }
        else
        {
            throw new SmtpException("the server offers neither AUTH PLAIN nor AUTH LOGIN");
        }
    }

    // A server may quote what it was sent.
    private void ExpectUser(SmtpReply reply)
    {
        string[] secrets = [options.Password, Base64(options.Password), Plain(options.User!)];
        var tells = reply.Lines.Any(line => secrets.Any(secret => secret.Length > 0 && line.Contains(secret, StringComparison.Ordinal)));
        Expect(tells ? reply with { Lines = [] } : reply, SignedIn, "the user");
    }

    private string Plain(string user) => Base64($"\0{user}\0{options.Password}");

    private static async Task AddressAsync(SmtpConnection connection, SmtpMessage message, CancellationToken cancellationToken)
    {
        Expect(await connection.CommandAsync($"MAIL FROM:<{message.From.Mailbox}>", cancellationToken), Done, "the sender");
        foreach (var receiver in message.To.Concat(message.Cc).Concat(message.Bcc))
        {
            var reply = await connection.CommandAsync($"RCPT TO:<{receiver.Mailbox}>", cancellationToken);
            if (reply.Code != 251)
            {
                Expect(reply, Done, $"the receiver {receiver.Mailbox}");
            }
        }

        Expect(await connection.CommandAsync("DATA", cancellationToken), GoOn, "DATA");
    }

    // The message is with the server; how the talk ends changes nothing.
    private static async Task LeaveAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.WriteAsync("QUIT\r\n", cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
        }
    }

    private static void Expect(SmtpReply reply, int code, string what)
    {
        if (reply.Code != code)
        {
            throw new SmtpException($"the server refused {what}: {reply}");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
