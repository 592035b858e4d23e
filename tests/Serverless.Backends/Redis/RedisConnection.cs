using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Serverless.Backends.Redis;

/// <summary>One connection that speaks RESP2, written for the tests alone so that it shares no mistake with the product's client.</summary>
public sealed class RedisConnection : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private readonly Stream _stream;
    private readonly BufferedStream _input;

    private RedisConnection(Stream stream)
    {
        _stream = stream;
        _input = new BufferedStream(stream);
    }

    /// <summary>Connects, with TLS and AUTH where the endpoint asks for them.</summary>
    public static async Task<RedisConnection> OpenAsync(RedisEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, endpoint.Port), limit.Token);
            var connection = new RedisConnection(await SecureAsync(new NetworkStream(socket, ownsSocket: true), endpoint, limit.Token));
            if (endpoint.Password is not null)
            {
                RedisArgument[] login = endpoint.User is null ? ["AUTH", endpoint.Password] : ["AUTH", endpoint.User, endpoint.Password];
                await connection.CallAsync(login, limit.Token);
            }

            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and reads its answer.</summary>
    /// <exception cref="RedisErrorException">The server answered with an error.</exception>
    public async Task<RedisReply> CallAsync(IReadOnlyList<RedisArgument> command, CancellationToken cancellationToken)
    {
        await SendAsync(command, cancellationToken);
        return await ReceiveAsync(cancellationToken);
    }

    /// <summary>Sends a command without reading anything: for pipelines, subscriptions and answers that never come.</summary>
    public async Task SendAsync(IReadOnlyList<RedisArgument> command, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encode(command), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    /// <summary>Reads the next answer or message.</summary>
    /// <exception cref="RedisErrorException">It is an error.</exception>
    public async Task<RedisReply> ReceiveAsync(CancellationToken cancellationToken)
    {
        var reply = await ReadAsync(cancellationToken);
        return reply.Error is null ? reply : throw new RedisErrorException(reply.Error);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _stream.DisposeAsync();

    private static async Task<Stream> SecureAsync(NetworkStream stream, RedisEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Certificates is not { } certificates)
        {
            return stream;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(certificates.Authority);
        var secure = new SslStream(stream);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = policy,
                ClientCertificates = [certificates.Client],
            },
            cancellationToken);
        return secure;
    }

    private static byte[] Encode(IReadOnlyList<RedisArgument> command)
    {
        using var request = new MemoryStream();
        request.Write(Encoding.ASCII.GetBytes($"*{command.Count}\r\n"));
        foreach (var argument in command)
        {
            request.Write(Encoding.ASCII.GetBytes($"${argument.Bytes.Length}\r\n"));
            request.Write(argument.Bytes.Span);
            request.Write("\r\n"u8);
        }

        return request.ToArray();
    }

    private static long Number(string line) => long.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);

    private async Task<RedisReply> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        switch (line[0])
        {
            case '+':
                return new RedisReply { Bytes = Encoding.UTF8.GetBytes(line[1..]) };
            case '-':
                return new RedisReply { Error = line[1..] };
            case ':':
                return new RedisReply { Digits = Number(line) };
            case '$' when Number(line) is var length:
                return length < 0 ? new RedisReply() : new RedisReply { Bytes = await ReadBytesAsync((int)length, cancellationToken) };
            case '*' when Number(line) is var count:
                if (count < 0)
                {
                    return new RedisReply();
                }

                var items = new RedisReply[count];
                for (var index = 0; index < count; index++)
                {
                    items[index] = await ReadAsync(cancellationToken);
                }

                return new RedisReply { Items = items };
            default:
                throw new InvalidDataException($"not RESP2: {line}");
        }
    }

    private async Task<byte[]> ReadBytesAsync(int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length + 2];
        await _input.ReadExactlyAsync(bytes, cancellationToken);
        return bytes[..length];
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (line is not [.., (byte)'\r', (byte)'\n'])
        {
            await _input.ReadExactlyAsync(next, cancellationToken);
            line.Add(next[0]);
        }

        return Encoding.UTF8.GetString([.. line.SkipLast(2)]);
    }
}
