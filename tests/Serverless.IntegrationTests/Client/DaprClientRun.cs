using System.Globalization;
using Serverless.Backends.Node;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Client;

/// <summary>One run of the official JavaScript client against a port; each check printed a line.</summary>
public sealed class DaprClientRun
{
    private DaprClientRun(string output) => Output = output;

    /// <summary>The checks, as the script names them.</summary>
    public static TheoryData<string> Checks { get; } =
    [
        "health isHealthy",
        "health outbound",
        "state save and get object",
        "state save and get text",
        "state save and get number",
        "state get of a missing key",
        "state getBulk",
        "state transaction",
        "state delete",
        "state save with the current etag",
        "state save with a stale etag",
        "state delete with a stale etag",
        "state of an unknown store",
        "metadata get",
        "metadata set",
    ];

    /// <summary>The checks of the workflow client.</summary>
    public static TheoryData<string> WorkflowChecks { get; } =
    [
        "workflow schedule and get",
        "workflow with an id of its own and an event",
        "workflow pause, resume and terminate",
        "workflow purge",
        "workflow with an id in use",
    ];

    /// <summary>All lines.</summary>
    public string Output { get; }

    /// <summary>True when the check printed that it holds.</summary>
    public bool IsOk(string check) => Output.Split('\n').Contains($"ok {check}");

    /// <summary>Runs the script to its end.</summary>
    public static Task<DaprClientRun> AgainstAsync(int port, CancellationToken cancellationToken) => RunAsync("check.js", port, cancellationToken, IWireTarget.StoreName);

    /// <summary>Runs the script of the workflow client against an app with the samples.</summary>
    public static Task<DaprClientRun> OfWorkflowsAsync(int port, CancellationToken cancellationToken) => RunAsync("workflow.js", port, cancellationToken);

    private static async Task<DaprClientRun> RunAsync(string script, int port, CancellationToken cancellationToken, params string[] further)
    {
        await using var node = NodeFolder.Start("dapr-client", script, [port.ToString(CultureInfo.InvariantCulture), .. further], new Dictionary<string, string>());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await node.WaitForExitAsync(limit.Token);
        return new DaprClientRun(node.Output.Text);
    }
}
