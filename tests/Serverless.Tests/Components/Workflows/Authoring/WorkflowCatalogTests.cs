using Serverless.Components.Workflows;

namespace Serverless.Tests.Components.Workflows.Authoring;

public sealed class WorkflowCatalogTests
{
    private static readonly WorkflowActivityContext Call = new("A", "i1", "e1", 3, TestContext.Current.CancellationToken);

    [Fact]
    public void Add_ByType_IsFoundByItsName()
    {
        var catalog = new WorkflowCatalog().AddWorkflow<Greeting>().AddActivity<Greet>();
        Assert.True(catalog.HasWorkflows);
        Assert.Equal(["Greeting"], catalog.Workflows);
        Assert.Equal(["Greet"], catalog.Activities);
        Assert.IsType<Greeting>(catalog.FindWorkflow("Greeting"));
        Assert.NotSame(catalog.FindWorkflow("Greeting"), catalog.FindWorkflow("Greeting"));
        Assert.IsType<Greeting>(catalog.FindWorkflow("greeting"));
        Assert.NotNull(catalog.FindActivity("greet"));
        Assert.Null(catalog.FindWorkflow("Greet"));
        Assert.Null(catalog.FindActivity("Greeting"));
        Assert.False(new WorkflowCatalog().HasWorkflows);
    }

    [Fact]
    public void Add_NameTwice_SaysWhich()
    {
        var catalog = new WorkflowCatalog().AddWorkflow<Greeting>().AddActivity<Greet>().AddWorkflow("Other", () => new Greeting());
        Assert.Contains("'Greeting'", Assert.Throws<InvalidOperationException>(() => catalog.AddWorkflow<Greeting>()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => catalog.AddWorkflow("OTHER", () => new Greeting()));
        Assert.Contains("'Greet'", Assert.Throws<InvalidOperationException>(() => catalog.AddRemoteActivity("Greet")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => catalog.AddActivity<int, int>("", (_, input) => Task.FromResult(input)));
    }

    [Fact]
    public async Task Activity_OfEachKind_RunsBetweenTexts()
    {
        var catalog = new WorkflowCatalog()
            .AddActivity<Greet>()
            .AddActivity("Named", () => new Greet())
            .AddActivity<int, int[]>("Count", (context, input) => Task.FromResult(Enumerable.Repeat(context.TaskId, input).ToArray()));
        Assert.Equal("\"Hello Zo\\u00EB\"", await catalog.FindActivity("Greet")!.RunAsync(catalog, Call, "\"Zoë\""));
        Assert.Equal("\"Hello \"", await catalog.FindActivity("Named")!.RunAsync(catalog, Call, null));
        Assert.Equal("[3,3]", await catalog.FindActivity("Count")!.RunAsync(catalog, Call, "2"));
        Assert.Equal("[]", await catalog.FindActivity("Count")!.RunAsync(catalog, Call, ""));
    }

    [Fact]
    public async Task Activity_Remote_HasAPathAndDoesNotRunHere()
    {
        var catalog = new WorkflowCatalog().AddRemoteActivity("A").AddRemoteActivity("B", "/activities/b");
        Assert.Equal(("A", "/activities/b"), (catalog.FindActivity("A")!.RemotePath, catalog.FindActivity("B")!.RemotePath));
        await Assert.ThrowsAsync<InvalidOperationException>(() => catalog.FindActivity("A")!.RunAsync(catalog, Call, null));
    }

    [Fact]
    public void Activity_Unknown_FailsForGood()
    {
        var failure = RegisteredActivity.NotFound("X");
        Assert.Equal(("ActivityTaskNotFound", "No activity task named 'X' was found.", true), (failure.ErrorType, failure.ErrorMessage, failure.IsNonRetriable));
    }

    [Fact]
    public void Context_OfACall_HasAKeyOfItsOwn()
    {
        Assert.Equal("i1-e1-3", Call.TaskExecutionKey);
        Assert.Equal("A", (string)Call.Identifier);
        Assert.Equal("A", $"{Call.Identifier}");
        Assert.NotEqual(Call.TaskExecutionKey, new WorkflowActivityContext("A", "i1", "e1", 4, CancellationToken.None).TaskExecutionKey);
    }

    [Fact]
    public void UseJson_AfterUse_IsRefused()
    {
        var catalog = new WorkflowCatalog();
        Assert.Equal("1", catalog.Json.Write(1));
        Assert.Throws<InvalidOperationException>(() => catalog.UseJson(AuthoringJson.Default));
    }

    private sealed class Greeting : Workflow<string, string>
    {
        public override Task<string> RunAsync(WorkflowContext context, string input) => context.CallActivityAsync<string>("Greet", input);
    }

    private sealed class Greet : WorkflowActivity<string, string>
    {
        public override Task<string> RunAsync(WorkflowActivityContext context, string input) => Task.FromResult($"Hello {input}");
    }
}
