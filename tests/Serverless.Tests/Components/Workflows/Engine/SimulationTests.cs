using FsCheck;
using FsCheck.Fluent;
using Serverless.Components.Workflows;
using Serverless.Tests.Components.Workflows.Engine.Simulation;

namespace Serverless.Tests.Components.Workflows.Engine;

/// <summary>Random programs in a world of late, early, repeated and reordered messages and of processes that are killed.</summary>
public sealed class SimulationTests
{
    private static readonly Gen<int> Seeds = Gen.Choose(0, int.MaxValue - 1);

    [Fact]
    public void Program_InAnyOrderOfThings_ComesToTheSame() => Check(withRaces: false, 400, (program, seed) =>
    {
        foreach (var withTrouble in (bool[])[false, true])
        {
            var root = new World(program, seed, withTrouble).Run();
            Assert.Equal((WorkflowRuntimeStatus.Completed, $"\"{program.Expected}\"", null), (root.Status, System.Text.RegularExpressions.Regex.Unescape(root.Output ?? ""), root.Failure?.ErrorMessage));
        }
    });

    // Each turn is run live and restored, and what comes of both is compared.
    [Fact]
    public void Program_ThatDependsOnTheOrderOfThings_IsRepeatedExactly() => Check(
        withRaces: true, 400, (program, seed) => Assert.NotEqual(WorkflowRuntimeStatus.Running, new World(program, seed, withTrouble: true) { Terminates = seed % 3 == 0 }.Run().Status));

    [Fact]
    public void Program_KilledAtAnyTurn_ComesToTheSame()
    {
        var turns = 0;
        foreach (var program in Shapes())
        {
            var whole = new World(program, 7, withTrouble: false);
            var output = whole.Run().Output;
            for (var turn = 1; turn <= whole.Turns; turn++, turns++)
            {
                foreach (var crash in (CrashPoint[])[CrashPoint.BeforeCommit, CrashPoint.AfterCommit])
                {
                    var killed = new World(program, 7, withTrouble: false) { CrashTurn = turn, Crash = crash };
                    killed.Run();
                    Assert.Equal(whole.Histories, killed.Histories);
                }

                // What is sent again changes when things happen, not what comes of them.
                var unheard = new World(program, 7, withTrouble: false) { CrashTurn = turn, Crash = CrashPoint.AfterCommitUnheard };
                Assert.Equal(output, unheard.Run().Output);
            }
        }

        Assert.InRange(turns, 40, 1000);
    }

    private static IEnumerable<Script> Shapes()
    {
        Step call = new Step.Call("a", 0);
        Step[] one = [new Step.Sequence([call, new Step.Await("e"), new Step.Echo("f")])];
        yield return new Script([[new Step.Sequence([call, new Step.Call("b", 2), new Step.Broken("c"), call])]]);
        yield return new Script([[new Step.All([.. Enumerable.Range(0, 10).Select(i => new Step.Call($"n{i}", i % 3))])]]);
        yield return new Script([[new Step.Sequence([new Step.Sleep(5), new Step.All([new Step.Sleep(3), new Step.Sleep(2)]), call])]]);
        yield return new Script([[new Step.All([new Step.Await("x"), new Step.Sequence([new Step.Echo("y"), new Step.Await("z")])])]]);
        yield return new Script([[new Step.All([new Step.Child(1), new Step.Child(1), new Step.Sequence([call, new Step.Child(1)])])], one]);
        yield return new Script([[call, new Step.Await("late"), call, new Step.Sequence([new Step.Child(1), new Step.Sleep(1)])], [call, .. one]]);
    }

    private static void Check(bool withRaces, int tests, Action<Script, int> check) => Prop
        .ForAll(Gen.Zip(ScriptGenerator.Scripts(withRaces), Seeds).ToArbitrary(), drawn => check(drawn.Item1, drawn.Item2))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(tests));
}
