using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;

namespace Serverless.Tests.Components.Workflows.Engine;

public sealed class ScaleTests
{
    [Fact]
    public void Turn_LateInALongHistory_TakesWhatAnEarlyOneTakes()
    {
        var rig = EngineRig.Of<int, int>(async (context, input) =>
        {
            for (var i = 0; i < input; i++)
            {
                await context.CallActivityAsync<int>("A", i);
            }

            return input;
        });
        rig.Start("3400");
        var early = Allocated(100, 0);
        Allocated(3100, 100);
        var late = Allocated(100, 3200);
        Assert.InRange(rig.History.Count, 9_900, 10_100);
        Assert.InRange(late, 0, early * 2);

        // And the whole is gone through at once.
        var watch = Stopwatch.StartNew();
        var restored = new EngineRig(rig.Catalog, history: rig.History);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        restored.Run(rig.Done(3300, "1"));
        Assert.Equal(3301, restored.Only<WorkflowAction.CallActivity>().TaskId);

        long Allocated(int turns, int first)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = first; i < first + turns; i++)
            {
                rig.Run(rig.Done(i, "1"));
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void FanOut_OfThousands_IsJoined()
    {
        var rig = EngineRig.Of<int, int>(async (context, input) => (await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.CallActivityAsync<int>("A", i)))).Sum());
        rig.Start("10000");
        Assert.Equal(10_000, rig.Turn.Actions.Count);
        rig.Run([.. Enumerable.Range(0, 9_999).Reverse().Select(i => rig.Done(i, "2"))]);
        rig.Restart().Run(rig.Done(9_999, "2"));
        Assert.Equal("20000", rig.Turn.Output);
    }

    [Fact]
    public void Actions_ManyInATurnButFewForEachAnswer_AreAllBegun()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
            {
                await context.CallActivityAsync("A", i);
                await Task.WhenAll(Enumerable.Range(0, 4_000).Select(n => context.CallActivityAsync("B", n)));
            }));
            return 1;
        });
        rig.Start();
        rig.Run(rig.Done(0), rig.Done(1), rig.Done(2), rig.Done(3));
        Assert.Equal((WorkflowRuntimeStatus.Running, 16_000), (rig.Turn.Status, rig.Turn.Actions.Count));
        rig.Restart().Run([.. Enumerable.Range(4, 16_000).Select(i => rig.Done(i))]);
        Assert.Equal(WorkflowRuntimeStatus.Completed, rig.Turn.Status);
    }

    [Fact]
    public void Logger_InReplays_IsSilent()
    {
        var log = new ListLogger();
        var catalog = new WorkflowCatalog().UseLoggers(log).AddWorkflow<int, int>("W", async (context, _) =>
        {
            var logger = context.CreateReplaySafeLogger<ScaleTests>();
#pragma warning disable CA1848, CA1873 // What an author writes.
            logger.LogInformation("one");
            await context.CallActivityAsync("A");
            logger.LogInformation("two {Replaying}", context.IsReplaying);
#pragma warning restore CA1848, CA1873
            return 0;
        });
        var rig = new EngineRig(catalog);
        rig.Start();
        rig.Restart().Run(rig.Done(0));
        rig.Restart();
        Assert.Equal(["one", "two False"], log.Lines);
        Assert.Equal(typeof(ScaleTests).FullName, log.Category);
    }

    private sealed class ListLogger : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public string? Category { get; private set; }

        public ILogger CreateLogger(string categoryName)
        {
            Category = categoryName;
            return this;
        }

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
