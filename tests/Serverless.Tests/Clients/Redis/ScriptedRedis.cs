using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>A server that answers what a test tells it to, for what no real one does on demand.</summary>
/// <remarks>Commands are written as <c>GET key</c>.</remarks>
internal sealed class ScriptedRedis : IAsyncDisposable
{
    /// <summary>Ends the connection instead of answering.</summary>
    public const string Close = "close";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, Task> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <summary>Answers each command with raw RESP; null means silence.</summary>
    public ScriptedRedis(Func<string, string?> answer)
    {
        Answer = answer;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1000);
        Endpoint = new RedisEndpoint("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);
        _accepting = AcceptAsync();
    }

    public RedisEndpoint Endpoint { get; }

    /// <summary>What it says; may change.</summary>
    public Func<string, string?> Answer { get; set; }

    /// <summary>What it waits for before it answers a command.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Sent to whoever connects, before any command.</summary>
    public string Greeting { get; set; } = "";

    /// <summary>Ends each connection right after the greeting.</summary>
    public bool HangsUp { get; set; }

    /// <summary>Ends each connection when it has sent that many bytes.</summary>
    public int ReadLimit { get; set; } = int.MaxValue;

    /// <summary>When each connection came.</summary>
    public ConcurrentQueue<long> Accepted { get; } = new();

    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>Connections that the client has not ended.</summary>
    public int Open => _open.Count;

    public static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";

    /// <summary>The reply to <c>CLUSTER SLOTS</c> with one range.</summary>
    public static string Slots(int first, int last, string host, int port) => $"*1\r\n*3\r\n:{first}\r\n:{last}\r\n*2\r\n{Bulk(host)}:{port}\r\n";

    /// <summary>How many commands came that begin with these words.</summary>
    public int CountOf(string words) => Commands.Count(command => command == words || command.StartsWith($"{words} ", StringComparison.Ordinal));

    /// <summary>Sends something nobody asked for to everyone.</summary>
    public async Task PushAsync(string bytes)
    {
        foreach (var socket in _open.Keys)
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(bytes));
        }
    }

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
                socket.NoDelay = true;
                Accepted.Enqueue(TimeProvider.System.GetTimestamp());
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
            await socket.SendAsync(Encoding.Latin1.GetBytes(Greeting), _stop.Token);
            if (!HangsUp)
            {
                await AnswerAsync(socket);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The client is gone, or the test is over.
        }

        _open.TryRemove(socket, out _);
        socket.Dispose();
    }

    private async Task AnswerAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        var input = "";
        for (var total = 0; total < ReadLimit;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, ReadLimit - total)), _stop.Token);
            if (read == 0)
            {
                return;
            }

            total += read;
            input += Encoding.Latin1.GetString(buffer, 0, read);
            while (TryTake(ref input, out var command))
            {
                Commands.Enqueue(command);
                await Before(command).WaitAsync(_stop.Token);
                var answer = Answer(command);
                if (answer == Close)
                {
                    return;
                }

                await socket.SendAsync(Encoding.Latin1.GetBytes(answer ?? ""), _stop.Token);
            }
        }
    }

    private static bool TryTake(ref string input, out string command)
    {
        command = "";
        var position = 0;
        if (!TryReadNumber(input, '*', ref position, out var count))
        {
            return false;
        }

        var parts = new string[count];
        for (var index = 0; index < count; index++)
        {
            if (!TryReadNumber(input, '$', ref position, out var length) || position + length + 2 > input.Length)
            {
                return false;
            }

            parts[index] = input.Substring(position, length);
            position += length + 2;
        }

        (command, input) = (string.Join(' ', parts), input[position..]);
        return true;
    }

    private static bool TryReadNumber(string input, char kind, ref int position, out int number)
    {
        number = 0;
        var end = input.IndexOf("\r\n", position, StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        Assert.Equal(kind, input[position]);
        number = int.Parse(input.AsSpan(position + 1, end - position - 1), CultureInfo.InvariantCulture);
        position = end + 2;
        return true;
    }
}
