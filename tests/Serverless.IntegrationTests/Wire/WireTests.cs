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
        await WireCheck.SendAllAsync(_port, WireTables.All[name].Steps);
    }
}
