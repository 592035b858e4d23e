using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;
using RedisConnection = Serverless.Backends.Redis.RedisConnection;
using RedisReply = Serverless.Backends.Redis.RedisReply;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>Memory allocated for one HGETALL, by BenchmarkDotNet.</summary>
/// <remarks>
/// The client allocates two objects: the command and the reply's bytes, which hold the value. The tests' witness, which allocates
/// freely, stands beside it.
/// </remarks>
public class RedisGetAllocation
{
    private const int Reads = 1000;

    // One that could be cancelled, like a request's.
    private readonly CancellationToken _caller = new CancellationTokenSource().Token;
    private RedisServer _server = null!;
    private RedisConnection _witness = null!;
    private RedisClient _client = null!;

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
        _client = RedisClient.Create(new RedisOptions { Endpoints = [new Components.Clients.Redis.RedisEndpoint("127.0.0.1", _server.Port)], Logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance });
    }

    /// <summary>Stops Redis.</summary>
    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _client.DisposeAsync();
        await _witness.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Reads by the client, as the state store does them; so many that the method's own objects don't count.</summary>
    [Benchmark(OperationsPerInvoke = Reads)]
    public async Task<int> Client()
    {
        var bytes = 0;
        for (var read = 0; read < Reads; read++)
        {
            bytes += (await _client.ExecuteAsync(RedisCommand.On(RedisCommandName.HGetAll, RedisSetup.Key), _caller)).Bytes.Length;
        }

        return bytes;
    }

    /// <summary>One read by the tests' witness.</summary>
    [Benchmark(Baseline = true)]
    public Task<RedisReply> Witness() => _witness.CallAsync(["HGETALL", RedisSetup.Key], CancellationToken.None);
}
