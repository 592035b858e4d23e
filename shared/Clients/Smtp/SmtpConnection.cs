using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Serverless.Components.Clients.Smtp;

/// <summary>A connection to a mail server: commands out, replies in.</summary>
/// <remarks>RFC 5321 section 4.2. A reply has bounds, so that a server that never ends one is found out.</remarks>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int LongestReply = 32 << 10;
    private readonly byte[] _buffer = new byte[4096];
    private Stream _stream;
    private int _begin;
    private int _end;

    private SmtpConnection(Stream stream) => _stream = stream;

    /// <summary>True once TLS is on.</summary>
    public bool IsEncrypted => _stream is SslStream;

    /// <summary>Connects without reading anything.</summary>
    public static async Task<SmtpConnection> OpenAsync(SmtpOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellationToken);
            return new SmtpConnection(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Begins TLS.</summary>
    /// <exception cref="SmtpException">The server has sent something ahead, which nobody may take for protected.</exception>
    [SuppressMessage("Security", "CA5359", Justification = "Only when the component says skipTLSVerify.")]
    public async Task EncryptAsync(SmtpOptions options, CancellationToken cancellationToken)
    {
        if (_begin < _end)
        {
            throw new SmtpException("the server sent more than its reply before TLS began");
        }

        var tls = new SslStream(_stream);
        _stream = tls;
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = options.Host,
                RemoteCertificateValidationCallback = options.SkipsVerification ? static (_, _, _, _) => true : null,
            },
            cancellationToken);
    }

    /// <summary>Sends a command and reads the reply.</summary>
    public async Task<SmtpReply> CommandAsync(string command, CancellationToken cancellationToken)
    {
        await WriteAsync($"{command}\r\n", cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>Sends text.</summary>
    public async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    /// <summary>Reads a reply with all its lines.</summary>
    /// <exception cref="SmtpException">What comes is none, or the connection ends.</exception>
    public async Task<SmtpReply> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        var left = LongestReply;
        while (true)
        {
            var line = await ReadLineAsync(left, cancellationToken);
            left -= line.Length + 1;
            if (line.Length < 3 || !char.IsAsciiDigit(line[0]) || !char.IsAsciiDigit(line[1]) || !char.IsAsciiDigit(line[2]) || (line.Length > 3 && line[3] is not (' ' or '-')))
            {
                throw new SmtpException("the answer is not what a mail server sends");
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
            {
                return new SmtpReply(((line[0] - '0') * 100) + ((line[1] - '0') * 10) + line[2] - '0', lines);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<string> ReadLineAsync(int longest, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_begin == _end)
            {
                (_begin, _end) = (0, await _stream.ReadAsync(_buffer, cancellationToken));
                if (_end == 0)
                {
                    throw new SmtpException("the server closed the connection");
                }
            }

            var length = _buffer.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n');
            var taken = length < 0 ? _end - _begin : length;
            line.Append(Encoding.Latin1.GetString(_buffer, _begin, taken));
            _begin += length < 0 ? taken : taken + 1;
            if (line.Length >= longest)
            {
                throw new SmtpException("the server's reply has no end");
            }

            if (length >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }
        }
    }
}
