using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Serverless.Backends.Redis;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>Memory allocated for one HGETALL, by BenchmarkDotNet.</summary>
/// <remarks>The tests' witness, which allocates freely, is the yardstick; the product's client gets a method beside it.</remarks>
public class RedisGetAllocation
{
    private RedisServer _server = null!;
    private RedisConnection _witness = null!;

    internal static Task RunAsync()
    {
        // In this process: the default tool chain would generate and build a project for each run.
        var configuration = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "allocations"));
        var summary = BenchmarkRunner.Run<RedisGetAllocation>(configuration);
        return summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)
            ? throw new InvalidOperationException("allocations could not be measured")
            : Task.CompletedTask;
    }

    /// <summary>Starts Redis with one saved item.</summary>
    [GlobalSetup]
    public async Task StartAsync()
    {
        _server = await RedisServer.StartAsync(CancellationToken.None);
        await _server.Cli.CallAsync(["HSET", RedisSetup.Key, "data", RedisSetup.Value, "version", 1], CancellationToken.None);
        _witness = await _server.Cli.OpenAsync(CancellationToken.None);
    }

    /// <summary>Stops Redis.</summary>
    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _witness.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>One read by the tests' witness.</summary>
    [Benchmark(Baseline = true)]
    public Task<RedisReply> Witness() => _witness.CallAsync(["HGETALL", RedisSetup.Key], CancellationToken.None);
}
