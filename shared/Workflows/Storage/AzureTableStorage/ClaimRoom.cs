using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>What a claim has still room for, and what it has seen.</summary>
internal sealed class ClaimRoom(WorkClaim claim, int turnsOfAll, int activitiesOfAll)
{
    private readonly HashSet<TableKey> _seen = [];
    private int _others = claim.MostTurns;
    private int _activities = Math.Min(claim.MostActivities, activitiesOfAll);
    private int _turns = turnsOfAll;

    /// <summary>Which rows of the index are worth reading: null for none, and in it null for all, else whether activities.</summary>
    public (bool? IsActivity, bool IsNone) Wish => (_others > 0, _activities > 0) switch
    {
        (true, true) => (null, false),
        (false, false) => (null, true),
        (_, var isActivity) => (isActivity, false),
    };

    /// <summary>Takes room for an item that was not seen yet; false when there is none.</summary>
    public bool TryTake(TableEntity row)
    {
        if (!_seen.Add(row.Key) || !HasRoom(row))
        {
            return false;
        }

        Change(row, -1);
        return true;
    }

    /// <summary>Gives the room of an item back that someone else has.</summary>
    public void Return(TableEntity row) => Change(row, 1);

    private static bool IsTurn(TableEntity row) => row.Text("Work") == WorkItem.TurnId;

    private bool HasRoom(TableEntity row) => row.Flag("IsActivity") ? _activities > 0 : _others > 0 && (_turns > 0 || !IsTurn(row));

    private void Change(TableEntity row, int by)
    {
        if (row.Flag("IsActivity"))
        {
            _activities += by;
            return;
        }

        _others += by;
        _turns += IsTurn(row) && _turns < int.MaxValue ? by : 0;
    }
}
