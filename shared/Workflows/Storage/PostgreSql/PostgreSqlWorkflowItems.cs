namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>Work items as arrays, one per column.</summary>
internal readonly struct PostgreSqlWorkflowItems
{
    public PostgreSqlWorkflowItems(IReadOnlyList<WorkItem> items)
    {
        Ids = new string[items.Count];
        Kinds = new short[items.Count];
        Names = new string[items.Count];
        Dues = new long[items.Count];
        Owners = new Guid?[items.Count];
        Contents = new byte[items.Count][];
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            Ids[i] = item.WorkId;
            Kinds[i] = (short)item.Kind;
            Names[i] = item.Name;
            Dues[i] = item.Due.UtcTicks;
            Owners[i] = item.Owner;
            Contents[i] = item.Content.ToArray();
        }
    }

    public string[] Ids { get; }

    public short[] Kinds { get; }

    public string[] Names { get; }

    public long[] Dues { get; }

    public Guid?[] Owners { get; }

    public byte[][] Contents { get; }
}
