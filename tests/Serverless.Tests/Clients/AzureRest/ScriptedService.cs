using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serverless.Tests.Clients.AzureRest;

/// <summary>A service that speaks HTTP to the letter of a test's script, with all the ways of not answering.</summary>
internal sealed class ScriptedService : IAsyncDisposable
{
    /// <summary>Takes the request and ends the connection in an orderly way, without an answer.</summary>
    public const string Close = "close";

    /// <summary>Takes the request and breaks the connection.</summary>
    public const string Reset = "reset";

    /// <summary>At the end of an answer: the connection ends with it.</summary>
    public const string ThenClose = "\0";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, Task> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly Func<ScriptedRequest, int, string?> _answer;

    /// <summary>Answers the request with this number, counted from 1, with raw HTTP; null means silence.</summary>
    public ScriptedService(Func<ScriptedRequest, int, string?> answer)
    {
        _answer = answer;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(100);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Answers in this order, the last one from then on.</summary>
    public ScriptedService(params string?[] answers)
        : this((_, number) => answers[Math.Min(number, answers.Length) - 1])
    {
    }

    public int Port { get; }

    public ConcurrentQueue<ScriptedRequest> Requests { get; } = new();

    /// <summary>How often someone connected.</summary>
    public int Connections { get; private set; }

    /// <summary>Connections that the client has not ended.</summary>
    public int Open => _open.Count;

    /// <summary>An answer with this status, body and further headers, each with its line end.</summary>
    public static string Answer(int status, string body = "", string headers = "") =>
        $"HTTP/1.1 {status} Words\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    public Uri Uri(string target = "/") => new($"http://127.0.0.1:{Port}{target}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_open.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Connections++;
                var isKnown = new TaskCompletionSource();
                _open[socket] = ServeAsync(socket, isKnown.Task);
                isKnown.SetResult();
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket, Task isKnown)
    {
        await isKnown;
        try
        {
            var received = new List<byte>();
            while (await ReadAsync(socket, received) is { } request)
            {
                Requests.Enqueue(request);
                var answer = _answer(request, Requests.Count);
                if (answer is Close or Reset)
                {
                    socket.LingerState = new LingerOption(answer == Reset, 0);
                    break;
                }

                await socket.SendAsync(Encoding.UTF8.GetBytes(answer?.TrimEnd('\0') ?? ""), _stop.Token);
                if (answer?.EndsWith(ThenClose, StringComparison.Ordinal) == true)
                {
                    break;
                }
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The client is gone, or the test is over.
        }

        _open.TryRemove(socket, out _);
        socket.Dispose();
    }

    private async Task<ScriptedRequest?> ReadAsync(Socket socket, List<byte> received)
    {
        var buffer = new byte[65536];
        while (true)
        {
            if (TakeRequest(received) is { } request)
            {
                return request;
            }

            var count = await socket.ReceiveAsync(buffer, _stop.Token);
            if (count == 0)
            {
                return null;
            }

            received.AddRange(buffer.AsSpan(0, count));
        }
    }

    private static ScriptedRequest? TakeRequest(List<byte> received)
    {
        var text = Encoding.Latin1.GetString([.. received]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var lines = text[..end].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var digits) ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;
        var start = end + 4;
        if (received.Count < start + length)
        {
            return null;
        }

        var body = Encoding.UTF8.GetString([.. received.GetRange(start, length)]);
        received.RemoveRange(0, start + length);
        var words = lines[0].Split(' ');
        return new ScriptedRequest(words[0], words[1], headers, body);
    }
}
