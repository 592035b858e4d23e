using Serverless.IntegrationTests.Wire.Tables;

namespace Serverless.IntegrationTests.Wire;

/// <summary>Runs every row of the specification that holds for a target.</summary>
public abstract class WireTests
{
    private readonly int _port;

    /// <summary>Takes the target's port.</summary>
    protected WireTests(int port) => _port = port;

    private protected static IEnumerable<TheoryDataRow<string>> RowsFor(WireTargets target) =>
        WireTables.All.Values.Where(row => row.Targets.HasFlag(target)).Select(row => new TheoryDataRow<string>(row.Name));

    /// <summary>Sends a case's requests in order and compares each answer.</summary>
    protected async Task RunAsync(string name)
    {
        var row = WireTables.All[name];
        var names = new WireNames
        {
            ["store"] = IWireTarget.StoreName,
            ["k"] = $"k{Guid.NewGuid():n}",
        };
        foreach (var step in row.Steps)
        {
            var request = step.ToRequest(names);
            var response = await RawClient.SendAsync(_port, request, TestContext.Current.CancellationToken);
            WireAssert.Matches(step.Answer, response, names, $"{request.Method} {request.Target}");
        }
    }
}
