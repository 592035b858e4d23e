using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>One activity of those that take strings or numbers: <c>Crash:text</c>, <c>Linger:1000</c>.</summary>
internal sealed class OneCall : Workflow<string, string>
{
    public override async Task<string> RunAsync(WorkflowContext context, string input) => input.Split(':') switch
    {
        [nameof(Linger), var time] => (await context.CallActivityAsync<Ticket>(nameof(Linger), int.Parse(time, System.Globalization.CultureInfo.InvariantCulture))).Id.ToString(),
        [var name, var text] => await context.CallActivityAsync<string>(name, text),
        _ => throw new ArgumentException(input),
    };
}
