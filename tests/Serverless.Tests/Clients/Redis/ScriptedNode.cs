using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Tests.Clients.Redis;

/// <summary>A server that says what a test wants, for what no real one says on demand.</summary>
internal sealed class ScriptedNode : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly Task _accepting;
    private int _open;

    /// <summary>Answers each command, written as <c>GET key</c>, with RESP; null leaves it without an answer.</summary>
    public ScriptedNode(Func<string, string?> answer)
    {
        Answer = answer;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Endpoint = new RedisEndpoint("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>What it says; may change.</summary>
    public Func<string, string?> Answer { get; set; }

    /// <summary>What it waits for before it answers a command.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Connections open now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>What it was told.</summary>
    public IReadOnlyCollection<string> Commands => _commands;

    /// <summary>The reply to <c>CLUSTER SLOTS</c> with one range.</summary>
    public static string Slots(int first, int last, string host, int port) => $"*1\r\n*3\r\n:{first}\r\n:{last}\r\n*2\r\n${host.Length}\r\n{host}\r\n:{port}\r\n";

    /// <summary>How often it was told so.</summary>
    public int Count(string command) => _commands.Count(told => told == command);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _serving.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test ends.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        Interlocked.Increment(ref _open);
        var input = PipeReader.Create(stream);
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(_stop.Token);
                var rest = result.Buffer;
                while (TryTake(ref rest, out var command))
                {
                    _commands.Enqueue(command);
                    await Before(command).WaitAsync(_stop.Token);
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer(command) ?? ""), _stop.Token);
                }

                input.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // The client is gone, or the test ends.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> rest, out string command)
    {
        var scanner = new RespFrameScanner(1);
        command = "";
        if (rest.IsEmpty || !scanner.TryScan(rest))
        {
            return false;
        }

        var reader = new RespReader(rest.Slice(0, scanner.Length).ToArray());
        var parts = new string[reader.ReadArray()];
        for (var index = 0; index < parts.Length; index++)
        {
            parts[index] = reader.ReadText()!;
        }

        command = string.Join(' ', parts);
        rest = rest.Slice(scanner.Length);
        return true;
    }
}
