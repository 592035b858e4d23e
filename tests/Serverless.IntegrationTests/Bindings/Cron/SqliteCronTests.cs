using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>The store that is marked for actors is where leases are unless another is named.</summary>
public sealed class SqliteCronTests : CronSleepContract, IDisposable
{
    private readonly TempFolder _folder = new();

    private protected override IReadOnlyDictionary<string, string> Stores => new Dictionary<string, string>
    {
        ["store.yaml"] = Resources.Component("statestore", "state.sqlite", ("connectionString", _folder.At("shared.db")), ("actorStateStore", "true")),
    };

    public void Dispose() => _folder.Dispose();
}
