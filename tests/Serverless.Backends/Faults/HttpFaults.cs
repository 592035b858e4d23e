using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Serverless.Backends.Faults;

/// <summary>The faults that wait for their requests, and what carries them out.</summary>
public sealed class HttpFaults : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Waiting> _waiting = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Nothing fails yet.</summary>
    public HttpFaults() => _stopped = _stopping.Token;

    /// <summary>Faults that no request has met yet.</summary>
    public int Left
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Sum(waiting => waiting.Times);
            }
        }
    }

    /// <summary>Ends when a request has been left without an answer.</summary>
    public Task Stalled => _stalled.Task;

    /// <summary>Makes the next <paramref name="times"/> requests fail whose method is that one and whose path begins so.</summary>
    /// <param name="fault">What happens to them.</param>
    /// <param name="method">The method; null means every one.</param>
    /// <param name="pathPrefix">The path's beginning, with its slash.</param>
    /// <param name="times">How many.</param>
    public void Inject(HttpFault fault, string? method = null, string pathPrefix = "/", int times = 1)
    {
        lock (_gate)
        {
            _waiting.Add(new Waiting(fault, method, pathPrefix) { Times = times });
        }
    }

    /// <summary>The stalled requests are given up.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>The oldest fault that matches, which is used up once more; null when there is none.</summary>
    internal HttpFault? Take(HttpRequest request)
    {
        lock (_gate)
        {
            var waiting = _waiting.Find(waiting => waiting.Matches(request.Method, request.Path.Value ?? "/"));
            if (waiting is { Times: 1 })
            {
                _waiting.Remove(waiting);
            }
            else if (waiting is not null)
            {
                waiting.Times--;
            }

            return waiting?.Fault;
        }
    }

    /// <summary>Leaves the request without an answer until the client or the server goes.</summary>
    internal async Task StallAsync(HttpContext context)
    {
        _stalled.TrySetResult();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopped);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        context.Abort();
    }

    /// <summary>Resets the connection; a client sees an error, never an end.</summary>
    internal static void Reset(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            socket.LingerState = new LingerOption(true, 0);
        }

        context.Abort();
    }

    private sealed class Waiting(HttpFault fault, string? method, string pathPrefix)
    {
        public HttpFault Fault => fault;

        public int Times { get; set; }

        public bool Matches(string requestMethod, string path) =>
            (method is null || method == requestMethod) && path.StartsWith(pathPrefix, StringComparison.OrdinalIgnoreCase);
    }
}
