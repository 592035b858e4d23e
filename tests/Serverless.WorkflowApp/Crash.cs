using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>Ends the process as a fault of the runtime does.</summary>
internal sealed class Crash : WorkflowActivity<string, string>
{
    public override Task<string> RunAsync(WorkflowActivityContext context, string input)
    {
        Environment.FailFast(input);
        return Task.FromResult(input);
    }
}
