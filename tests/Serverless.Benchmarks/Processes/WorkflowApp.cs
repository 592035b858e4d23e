using Serverless.Functions;

namespace Serverless.Benchmarks.Processes;

/// <summary>An app as a user writes one, with workflows that do nothing but what they are there to measure.</summary>
internal static class WorkflowApp
{
    /// <summary>Activities one after the other, as many as the input says.</summary>
    public const string Sequence = nameof(Sequence);

    /// <summary>Ten activities at once, and the sum of their results.</summary>
    public const string FanOut = nameof(FanOut);

    /// <summary>A timer of as many seconds as the input says.</summary>
    public const string Timer = nameof(Timer);

    private const string Increment = nameof(Increment);
    private const int Branches = 10;

    public static Task<int> RunAsync(string[] arguments) => DaprApp.Create(arguments)
        .ConfigureWorkflows(catalog => catalog
            .AddActivity<int, int>(Increment, static (_, number) => Task.FromResult(number + 1))
            .AddWorkflow<int, int>(Sequence, static async (context, steps) =>
            {
                var number = 0;
                while (number < steps)
                {
                    number = await context.CallActivityAsync<int>(Increment, number);
                }

                return number;
            })
            .AddWorkflow<int, int>(FanOut, static async (context, number) =>
                (await Task.WhenAll(Enumerable.Range(number, Branches).Select(each => context.CallActivityAsync<int>(Increment, each)))).Sum())
            .AddWorkflow<int, int>(Timer, static async (context, seconds) =>
            {
                await context.CreateTimer(TimeSpan.FromSeconds(seconds));
                return seconds;
            }))
        .RunAsync();
}
