using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;

namespace Serverless.Tests.Components.Registry;

public sealed class WorkflowConfigurationTests
{
    [Fact]
    public void Workflow_Full_IsRead()
    {
        var workflow = Parse(
            "{maxConcurrentWorkflowInvocations: 3, maxConcurrentActivityInvocations: \"4\", globalMaxConcurrentWorkflowInvocations: 50, globalMaxConcurrentActivityInvocations: 60,"
            + " workflowConcurrencyLimits: [{name: W, maxConcurrent: 5}, {name: V, maxConcurrent: 0}], activityConcurrencyLimits: [{name: A, maxConcurrent: 6}],"
            + " stateRetentionPolicy: {anyTerminal: 72h, completed: 0s, failed: 1h30m, terminated: \"90\"}}")!;

        Assert.Equal((3, 4, 50, 60), (workflow.MaxWorkflows, workflow.MaxActivities, workflow.GlobalMaxWorkflows, workflow.GlobalMaxActivities));
        Assert.Equal([new("W", 5)], workflow.WorkflowLimits);
        Assert.Equal([new("A", 6)], workflow.ActivityLimits);
        Assert.Equal(
            (TimeSpan.FromHours(72), TimeSpan.Zero, TimeSpan.FromMinutes(90), TimeSpan.FromSeconds(90)),
            (workflow.KeepEnded, workflow.KeepCompleted, workflow.KeepFailed, workflow.KeepTerminated));
    }

    [Fact]
    public void Workflow_ZeroOrLess_IsNoLimit()
    {
        var workflow = Parse("{maxConcurrentWorkflowInvocations: 0, maxConcurrentActivityInvocations: -1}")!;

        Assert.Equal((null, null, null), (workflow.MaxWorkflows, workflow.MaxActivities, workflow.KeepEnded));
        Assert.Empty(workflow.WorkflowLimits);
    }

    [Fact]
    public void Workflow_Absent_LeavesWhatAnotherDocumentSays()
    {
        Assert.Null(Parse("null"));
        var merged = RuntimeConfiguration.Merge([Document("a", "{maxConcurrentActivityInvocations: 2}"), Document("b", "null")]);

        Assert.Equal(2, merged.Workflow?.MaxActivities);
    }

    [Theory]
    [InlineData("{maxConcurrentWorkflowInvocations: many}", "'maxConcurrentWorkflowInvocations' must be a whole number")]
    [InlineData("{maxConcurrentWorkflowInvocations: 1.5}", "'maxConcurrentWorkflowInvocations' must be a whole number")]
    [InlineData("{workflowConcurrencyLimits: [{maxConcurrent: 1}]}", "an item of 'workflowConcurrencyLimits' needs a name")]
    [InlineData("{activityConcurrencyLimits: [{name: A}, {name: A}]}", "'activityConcurrencyLimits' names 'A' twice")]
    [InlineData("{activityConcurrencyLimits: A}", "'activityConcurrencyLimits' must be a list")]
    [InlineData("{stateRetentionPolicy: {completed: soon}}", "'completed' must be a duration such as 72h or 0s")]
    [InlineData("{stateRetentionPolicy: {failed: -1s}}", "'failed' must be a duration such as 72h or 0s")]
    public void Workflow_WrongForm_IsToldWithItsPlace(string workflow, string fault)
    {
        var exception = Assert.Throws<ComponentException>(() => Parse(workflow));

        Assert.StartsWith("w.yaml: configuration 'c': ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(fault, exception.Message, StringComparison.Ordinal);
    }

    private static WorkflowConfiguration? Parse(string workflow) => Document("c", workflow).Workflow;

    private static RuntimeConfiguration Document(string name, string workflow) => (RuntimeConfiguration)new ResourceParser(_ => null, NullLogger.Instance)
        .Parse($"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {{name: {name}}}\nspec:\n  workflow: {workflow}\n", "w.yaml")!.Resource;
}
