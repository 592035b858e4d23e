using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Workflows;

/// <summary>Servers whose component <c>engine</c> is a fake workflow engine; they have no built-in one.</summary>
internal static class WorkflowServer
{
    public const string Root = "/v1.0/workflows/engine";

    public static async Task<(ApiServer Server, FakeWorkflowEngine Engine)> StartAsync(RuntimeOptions? options = null, TimeProvider? time = null)
    {
        var server = await ApiServer.StartAsync(options, time: time);
        var engine = new FakeWorkflowEngine();
        server.Add(FakeComponents.Definition("engine", "workflow.fake"), engine);
        return (server, engine);
    }

    public static string Error(string code, string message) => $$"""{"errorCode":"{{code}}","message":"{{message}}"}""";
}
