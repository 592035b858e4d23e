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

    /// <summary>All lines.</summary>
    public string Output { get; }

    /// <summary>True when the check printed that it holds.</summary>
    public bool IsOk(string check) => Output.Split('\n').Contains($"ok {check}");

    /// <summary>Runs the script to its end.</summary>
    public static async Task<DaprClientRun> AgainstAsync(int port, CancellationToken cancellationToken)
    {
        await using var node = NodeFolder.Start(
            "dapr-client",
            "check.js",
            [port.ToString(CultureInfo.InvariantCulture), IWireTarget.StoreName],
            new Dictionary<string, string>());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await node.WaitForExitAsync(limit.Token);
        return new DaprClientRun(node.Output.Text);
    }
}
