using System.Globalization;
using Serverless.Components.Workflows;

namespace Serverless.Tests.Components.Workflows.Engine.Simulation;

/// <summary>Workflow programs: the first one is the root's, the others those of children. Each is a list of executions, of which all but the last continue as new.</summary>
internal sealed record Script(Step[][] Programs)
{
    private static readonly WorkflowTaskOptions Thrice = new(new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(5), 2));

    /// <summary>What comes of it, whatever the order of things; only for steps that don't depend on it.</summary>
    public string Expected => Expect(0);

    public WorkflowCatalog Catalog() => new WorkflowCatalog().AddWorkflow<string, string>("P", RunAsync);

    /// <summary>What an activity answers.</summary>
    public static string Answer(string name) => $"<{name}>";

    public override string ToString() => string.Join(" // ", Programs.Select(parts => string.Join(" -> ", (object[])parts)));

    private async Task<string> RunAsync(WorkflowContext context, string input)
    {
        // program, execution, what the executions before came to
        var parts = input.Split('|', 3);
        var program = Programs[int.Parse(parts[0], CultureInfo.InvariantCulture)];
        var execution = int.Parse(parts[1], CultureInfo.InvariantCulture);
        var text = parts[2] + await RunAsync(context, program[execution]);
        if (execution + 1 < program.Length)
        {
            context.ContinueAsNew(FormattableString.Invariant($"{parts[0]}|{execution + 1}|{text}"));
        }

        return text;
    }

    private static async Task<string> RunAsync(WorkflowContext context, Step step)
    {
        switch (step)
        {
            case Step.Call call:
                return await context.CallActivityAsync<string>(FormattableString.Invariant($"{call.Name}!{call.Failures}"), call.Name, Thrice);
            case Step.Broken broken:
                try
                {
                    return await context.CallActivityAsync<string>(broken.Name + "!99");
                }
                catch (WorkflowTaskFailedException e)
                {
                    return e.FailureDetails.ErrorMessage;
                }

            case Step.Sleep sleep:
                await context.CreateTimer(TimeSpan.FromSeconds(sleep.Seconds));
                return "z";
            case Step.Await wait:
                return await context.WaitForExternalEventAsync<string>(wait.Event);
            case Step.Echo echo:
                context.SendEvent(context.InstanceId, echo.Event.ToUpperInvariant(), echo.Event);
                return await context.WaitForExternalEventAsync<string>(echo.Event);
            case Step.Child child:
                return await context.CallChildWorkflowAsync<string>("P", $"{child.Program}|0|", new ChildWorkflowTaskOptions());
            case Step.Sequence sequence:
                var text = "";
                foreach (var part in sequence.Parts)
                {
                    text += await RunAsync(context, part);
                }

                return text;
            case Step.All all:
                return string.Concat(await Task.WhenAll(all.Parts.Select(part => RunAsync(context, part))));
            case Step.First first:
                return await await Task.WhenAny(first.Parts.Select(part => RunAsync(context, part)));
            case Step.AwaitFor wait:
                try
                {
                    return await context.WaitForExternalEventAsync<string>(wait.Event, TimeSpan.FromSeconds(wait.Seconds));
                }
                catch (TaskCanceledException)
                {
                    return "late";
                }

            default:
                context.SetCustomStatus(context.NewGuid());
                return FormattableString.Invariant($"{context.NewGuid():N}{context.CurrentUtcDateTime.Ticks}");
        }
    }

    private string Expect(int program) => string.Concat(Programs[program].Select(Expect));

    private string Expect(Step step) => step switch
    {
        Step.Call call => Answer(call.Name),
        Step.Broken broken => $"no {broken.Name}!99",
        Step.Sleep => "z",
        Step.Await wait => wait.Event,
        Step.Echo echo => echo.Event,
        Step.Child child => Expect(child.Program),
        Step.Sequence sequence => string.Concat(sequence.Parts.Select(Expect)),
        Step.All all => string.Concat(all.Parts.Select(Expect)),
        _ => throw new InvalidOperationException("depends on the order of things"),
    };
}
