using FsCheck;
using FsCheck.Fluent;

namespace Serverless.Tests.Components.Workflows.Engine.Simulation;

/// <summary>Random programs.</summary>
internal static class ScriptGenerator
{
    /// <summary>Programs; with or without steps whose result depends on the order of things.</summary>
    public static Gen<Script> Scripts(bool withRaces) =>
        from children in Gen.Choose(0, 2)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from size in Gen.Choose(1, 20)
        select Make(children, size, withRaces, new Random(seed));

    private static Script Make(int children, int size, bool withRaces, Random random)
    {
        var names = 0;
        return new Script([.. Enumerable.Range(0, children + 1).Select(program => Enumerable.Range(0, random.Next(10) < 7 ? 1 : random.Next(2, 5)).Select(_ => Part(size, program)).ToArray())]);

        Step Part(int budget, int program)
        {
            var kind = budget > 3 && random.Next(4) > 0 ? random.Next(7, withRaces ? 11 : 10) : random.Next(budget <= 1 ? 7 : withRaces ? 14 : 10);
            var name = FormattableString.Invariant($"n{names++}");
            return kind switch
            {
                0 => new Step.Call(name, random.Next(3)),
                1 => new Step.Sleep(random.Next(1, 100)),
                2 => new Step.Await(name),
                3 => new Step.Echo(name),
                4 => new Step.Broken(name),

                // Only programs of higher numbers, so that there is an end.
                5 when program < children => new Step.Child(random.Next(program + 1, children + 1)),
                5 or 6 => new Step.Call(name, 0),
                7 or 8 => new Step.Sequence(Parts(budget, program)),
                9 => new Step.All(Parts(budget, program)),
                10 => new Step.First(Parts(budget, program)),
                11 or 12 => new Step.AwaitFor(name, random.Next(1, 100)),
                _ => new Step.Look(),
            };
        }

        Step[] Parts(int budget, int program)
        {
            var count = random.Next(1, Math.Min(5, budget + 1));
            return [.. Enumerable.Range(0, count).Select(_ => Part((budget - 1) / count, program))];
        }
    }
}
