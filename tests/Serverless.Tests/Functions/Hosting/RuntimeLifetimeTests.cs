using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Hosting;

public sealed class RuntimeLifetimeTests
{
    [Fact]
    public void RequestStop_FirstCallDecides()
    {
        using var lifetime = new RuntimeLifetime();
        lifetime.RequestStop(3);
        lifetime.RequestStop(4);

        Assert.Equal(3, lifetime.ExitCode);
        Assert.True(lifetime.Stopping.IsCancellationRequested);
        Assert.False(lifetime.Aborting.IsCancellationRequested);
    }

    [Fact]
    public void RequestAbort_BeatsAStopUnderWay()
    {
        using var lifetime = new RuntimeLifetime();
        lifetime.RequestStop(0);
        lifetime.RequestAbort(1);
        lifetime.RequestStop(0);

        Assert.Equal(1, lifetime.ExitCode);
        Assert.True(lifetime.Aborting.IsCancellationRequested);
    }
}
