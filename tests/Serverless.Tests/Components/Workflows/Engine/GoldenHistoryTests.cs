using System.Runtime.CompilerServices;
using System.Text;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;
using Serverless.Tests.Components.Workflows.Engine.Golden;

namespace Serverless.Tests.Components.Workflows.Engine;

/// <summary>Histories as they were stored once, a turn per line. What is stored now must be readable for ever, and replays must do the same.</summary>
public sealed class GoldenHistoryTests
{
    public static TheoryData<string> Names() => ["Chain", "Spread", "Monitor", "Monitor2", "Approval", "ApprovalLate", "Order", "AwaitEvent"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Turn_Each_IsRepeated(string name)
    {
        var past = new List<HistoryEvent>();
        foreach (var line in Lines(name))
        {
            var turn = Read(line);
            var carried = turn.TakeWhile(each => each is not TurnStarted).ToList();
            past.AddRange(carried);
            turn.RemoveRange(0, carried.Count);
            var arrived = turn.Where(each => each is not (TurnStarted or ExecutionCompleted) && AttemptedAction.Of(each) is null).ToList();

            var execution = WorkflowExecution.Restore("golden", GoldenWorkflows.Catalog(), [.. past]);
            var repeated = execution.Advance(turn[0].Timestamp, arrived);
            Assert.Equal(Write(turn), Write(repeated.Events));
            Assert.Equal(turn.Select(AttemptedAction.Of).OfType<AttemptedAction>().Count(), repeated.Events.Select(AttemptedAction.Of).OfType<AttemptedAction>().Count());
            past.AddRange(turn);
        }

        Assert.True(WorkflowExecution.Restore("golden", GoldenWorkflows.Catalog(), past).HasEnded);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Turn_InOneExecution_IsRepeated(string name)
    {
        var lines = Lines(name);
        var execution = WorkflowExecution.Restore("golden", GoldenWorkflows.Catalog(), Read(lines[0]));
        foreach (var line in lines.Skip(1))
        {
            execution.Replay(Read(line));
        }

        Assert.True(execution.HasEnded);
        Assert.Empty(execution.Advance(EngineRig.Epoch.AddYears(1), [new ExecutionTerminated((string?)null) { Timestamp = EngineRig.Epoch }]).Events);
    }

    [Theory]
    [InlineData("Chain", 1, "recorded is activity 'Step1' (action 0), attempted is timer (action 0)")]
    [InlineData("Spread", 1, "recorded is activity 'Measure' (action 0), attempted is timer (action 0)")]
    [InlineData("Approval", 2, "recorded is activity 'Ask' (action 0), attempted is timer (action 0)")]
    [InlineData("Order", 1, "recorded is activity 'Reserve' (action 0), attempted is timer (action 0)")]
    [InlineData("AwaitEvent", 1, "recorded is nothing, attempted is timer (action 0)")]
    public void Code_Changed_FailsAndSaysWhere(string name, int turns, string expected)
    {
        var changed = new WorkflowCatalog().AddWorkflow<object, int>(name, async (context, _) =>
        {
            await context.CreateTimer(TimeSpan.FromSeconds(1));
            return 1;
        });
        var past = Lines(name).Take(turns).SelectMany(Read).ToList();
        var turn = WorkflowExecution.Restore("golden", changed, past).Advance(EngineRig.Epoch.AddDays(9), []);
        Assert.Equal((WorkflowRuntimeStatus.Failed, "WorkflowNonDeterminism"), (turn.Status, turn.Failure?.ErrorType));
        Assert.Contains(expected, turn.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    private static string[] Lines(string name, [CallerFilePath] string path = "") => File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "Golden", name + ".jsonl"));

    private static List<HistoryEvent> Read(string line) => [.. HistoryCodec.Decode(Encoding.UTF8.GetBytes(line), new Dictionary<string, ReadOnlyMemory<byte>>())];

    private static string Write(IReadOnlyList<HistoryEvent> events) =>
        Encoding.UTF8.GetString(Assert.Single(HistoryCodec.Encode(events, "k", new Dictionary<string, ReadOnlyMemory<byte>>())).Span);
}
