namespace Serverless.Functions.Hosting;

/// <summary>Keeps the web host away from signals and the console; <see cref="RuntimeLifetime"/> decides when it ends.</summary>
internal sealed class DetachedHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
