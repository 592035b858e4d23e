using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Backends.Processes;
using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Hosting;

public sealed class GracefulStopTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly RuntimeOptions Options = new() { HttpPort = 0, ListenAddresses = ["127.0.0.1"], GracefulShutdown = Long };

    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _released = new(0);
    private readonly RuntimeLifetime _lifetime = new();
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private readonly HttpClient _client;
    private WebApplication? _app;
    private TaskCompletionSource<CancellationToken>? _work;
    private volatile bool _unready;

    public GracefulStopTests() => _client = new HttpClient(_handler);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _client.Dispose();
        _handler.Dispose();
        _arrived.Dispose();
        _released.Dispose();
        _lifetime.Dispose();
    }

    [Fact]
    public async Task Stop_LetsARunningRequestFinish()
    {
        var (request, stop) = await StartAsync(Options);
        _lifetime.RequestStop(0);
        await RefusedAsync();
        Assert.True(_unready);
        Assert.False(stop.IsCompleted);
        _released.Release();

        using var answer = await request;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await stop;
    }

    [Fact]
    public async Task Stop_CutsOffWhatTakesLonger()
    {
        var (request, stop) = await StartAsync(Options with { GracefulShutdown = TimeSpan.FromMilliseconds(50) });
        _lifetime.RequestStop(0);

        await Task.WhenAny(request);
        Assert.IsType<HttpRequestException>(request.Exception?.InnerException);
        _released.Release();
        await stop;
    }

    [Fact]
    public async Task Abort_DoesNotWait()
    {
        var (request, stop) = await StartAsync(Options with { BlockShutdown = Long });
        _lifetime.RequestStop(0);
        _lifetime.RequestAbort(1);

        await Task.WhenAny(request);
        Assert.IsType<HttpRequestException>(request.Exception?.InnerException);
        _released.Release();
        await stop.WaitAsync(Long, Cancellation);
    }

    [Fact]
    public async Task BlockShutdown_GoesOnServing()
    {
        var (request, stop) = await StartAsync(Options with { BlockShutdown = Long });
        _lifetime.RequestStop(0);
        _released.Release(2);

        using var first = await request;
        using var second = await _client.GetAsync(Address, Cancellation);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.False(stop.IsCompleted);
        _lifetime.RequestAbort(1);
        await stop;
    }

    [Fact]
    public async Task Work_IsToldAtOnce_WhileBlockedToo_AndTheApiServesUntilItIsDone()
    {
        _work = new TaskCompletionSource<CancellationToken>();
        var (request, stop) = await StartAsync(Options with { BlockShutdown = TimeSpan.FromMilliseconds(1), GracefulShutdown = Long });
        _lifetime.RequestStop(0);
        _released.Release(2);
        using var first = await request;
        Assert.True(await Eventually.TrueAsync(() => _unready, Long, Cancellation));
        using var second = await _client.GetAsync(Address, Cancellation);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.False(stop.IsCompleted);
        _work.SetResult(CancellationToken.None);
        await stop;
    }

    [Fact]
    public async Task Work_IsCutOffAtTheLimit()
    {
        _work = new TaskCompletionSource<CancellationToken>();
        var (request, stop) = await StartAsync(Options with { GracefulShutdown = TimeSpan.FromMilliseconds(100) });
        _released.Release(1);
        using var first = await request;
        _lifetime.RequestStop(0);

        await stop;
        Assert.True((await _work.Task).IsCancellationRequested);
    }

    private string Address => ApiHost.Addresses(_app!).Single();

    private async Task<(Task<HttpResponseMessage> Request, Task Stop)> StartAsync(RuntimeOptions options)
    {
        _app = await new ApiHost().BuildAsync(options, NullLoggerFactory.Instance, Cancellation);
        _app.Run(async context =>
        {
            if (context.Request.Path == "/")
            {
                _arrived.Release();
                await _released.WaitAsync(CancellationToken.None);
            }

            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        await _app.StartAsync(Cancellation);
        var stop = new GracefulStop(_lifetime, options, NullLogger.Instance, TimeProvider.System).WaitAndDrainAsync(_app, async limit =>
        {
            _unready = true;
            await using var cut = limit.Register(() => _work?.TrySetResult(limit));
            await (_work?.Task ?? Task.CompletedTask);
        });
        var request = _client.GetAsync(Address, Cancellation);
        await _arrived.WaitAsync(Cancellation);
        return (request, stop);
    }

    /// <summary>Waits until nobody listens any more.</summary>
    private async Task RefusedAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler);
        while (true)
        {
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            attempt.CancelAfter(TimeSpan.FromMilliseconds(200));
            try
            {
                using var answer = await client.GetAsync(Address + "/probe", attempt.Token);
            }
            catch (HttpRequestException)
            {
                return;
            }
            catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
            {
                // Still accepted; asked again.
            }

            await timer.WaitForNextTickAsync(Cancellation);
        }
    }
}
