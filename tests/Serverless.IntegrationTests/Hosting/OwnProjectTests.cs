using System.Text.Json.Nodes;
using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>Projects of users: they reference ours, import its targets, and publish a Functions app of their own name.</summary>
public sealed class OwnProjectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_ProjectOfAUser_RunsUnderTheHost()
    {
        using var folder = new TempFolder();
        folder.Write("mine/Mine.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup><ProjectReference Include="{TestEnvironment.RepositoryRoot}/functions/Serverless.Functions.csproj" /></ItemGroup>
              <Import Project="{TestEnvironment.RepositoryRoot}/functions/Serverless.Functions.targets" />
            </Project>
            """);
        folder.Write("mine/Program.cs", """
            using Serverless.Components.Registry;
            using Serverless.Components.Workflows;
            using Serverless.Functions;

            return await DaprApp.Create(args)
                .ConfigureComponents(catalog => catalog.Add("bindings.mine", "v1", _ => new Mine()))
                .AddWorkflow<Greeting>()
                .AddActivity<Compose>()
                .RunAsync();

            // No JsonSerializerContext: this project leaves reflection on, as projects do by default.
            record Person(string Name, int Age);

            record Letter(Person To, string Text);

            sealed class Greeting : Workflow<Person, Letter>
            {
                public override Task<Letter> RunAsync(WorkflowContext context, Person input) => context.CallActivityAsync<Letter>(nameof(Compose), input with { Age = input.Age + 1 });
            }

            sealed class Compose : WorkflowActivity<Person, Letter>
            {
                public override Task<Letter> RunAsync(WorkflowActivityContext context, Person input) => Task.FromResult(new Letter(input, $"Happy {input.Age}, {input.Name}!"));
            }

            sealed class Mine : IComponent
            {
                public IReadOnlyList<string> Capabilities => ["OUTPUT_BINDING"];

                public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

                public ValueTask DisposeAsync() => ValueTask.CompletedTask;
            }
            """);
        folder.Write("resources/store.yaml", Resources.InMemoryStore("mystore", ("actorStateStore", "true")));
        folder.Write("resources/mine.yaml", Resources.Component("ofmine", "bindings.mine"));
        folder.Write("resources/tick.yaml", Resources.Component("tick", "bindings.cron", ("schedule", "@hourly")));
        var (exitCode, output) = await PublishAsync(folder.At("mine"), folder.At("app"), "../resources");
        Assert.True(exitCode == 0, output);
        Assert.Contains("binding-tick: timerTrigger of component 'tick'", output, StringComparison.Ordinal);
        Assert.Null(JsonNode.Parse(await File.ReadAllTextAsync(folder.At("app", "host.json"), Token))!["extensionBundle"]);

        await using var host = await FunctionsHost.StartAsync(
            new HostSettings { ScriptRoot = folder.At("app"), AppSettings = new Dictionary<string, string> { ["APP_ID"] = "mine" } }, Token);
        await host.WaitUntilReadyAsync(Token);
        await WireCheck.SendAsync(host.Port, WireStep.Get("/v1.0/state/mystore/k", new WireAnswer(204)));
        using var client = new HttpClient(new SocketsHttpHandler());
        var metadata = await client.GetStringAsync(new Uri($"http://127.0.0.1:{host.Port}/v1.0/metadata"), Token);
        Assert.Equal(TriggerOutcome.Failed, (await host.InvokeAsync("binding-tick", [], Token)).Outcome);
        await RunWorkflowAsync(host, client);
        Assert.Contains("""{"name":"ofmine","type":"bindings.mine","version":"v1","capabilities":["OUTPUT_BINDING"]}""", metadata, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "does not exist")]
    [InlineData("../empty", "holds no")]
    [InlineData("../untriggered", "generate: untriggered.yaml: component 'x': metadata 'queueName' is a secret")]
    public async Task Publish_OfUnusableComponents_Fails(string components, string expected)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.At("empty"));
        folder.Write("untriggered/untriggered.yaml", Resources.Component("x", "bindings.azure.storagequeues").Replace(" []", "\n  - name: queueName\n    secretKeyRef: { name: s }\n", StringComparison.Ordinal));
        Directory.CreateDirectory(folder.At("here"));
        var (exitCode, output) = await PublishAsync(folder.At("here"), folder.At("app"), components, Path.Combine(TestEnvironment.RepositoryRoot, "functions"));
        Assert.NotEqual(0, exitCode);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    private static async Task RunWorkflowAsync(FunctionsHost host, HttpClient client)
    {
        var workflow = new Uri($"http://127.0.0.1:{host.Port}/v1.0/workflows/dapr/");
        using var input = new StringContent("""{"name":"Ada","age":35}""");
        using var started = await client.PostAsync(new Uri(workflow, "Greeting/start?instanceID=ada"), input, Token);
        Assert.Equal(202, (int)started.StatusCode);
        JsonNode? state = null;
        await Eventually.MustAsync(
            "the workflow has ended",
            async () => (string?)(state = JsonNode.Parse(await client.GetStringAsync(new Uri(workflow, "ada"), Token)))!["runtimeStatus"] is "COMPLETED" or "FAILED",
            TimeSpan.FromSeconds(30),
            Token);
        Assert.Equal("""{"to":{"name":"Ada","age":36},"text":"Happy 36, Ada!"}""", (string?)state!["properties"]!["dapr.workflow.output"]);

        // Without a dispatcher nothing brings work to an instance that is not there.
        Assert.Single(host.Journal.HandlerOutput.Split('\n'), static line => line.Contains("there is no component of type workflow.dispatcher", StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, string Output)> PublishAsync(string directory, string output, string components, string project = ".")
    {
        await using var publish = ChildProcess.Start(
            "dotnet",
            ["publish", project, "-c", "Release", "-o", output, $"-p:ComponentsPath={components}", "-p:NuGetAudit=false", "--nologo"],
            new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
            directory);
        return (await publish.WaitForExitAsync(Token), publish.Output.Text);
    }
}
