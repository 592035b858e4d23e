using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <content>Lists. The index has the order, the records are read one by one and filtered here.</content>
internal sealed partial class RedisWorkflowStore
{
    private const int TimeLength = 19;

    // A page that finds little ends after so many, and the next one goes on.
    private const int MostExamined = 2000;

    /// <inheritdoc/>
    public async ValueTask<WorkflowPage?> ListAsync(WorkflowFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Continuation is { } text && (text.Length <= TimeLength || text.AsSpan(0, TimeLength).ContainsAnyExceptInRange('0', '9')))
        {
            return null;
        }

        var records = new List<WorkflowRecord>();
        var place = filter.Continuation;
        var isLast = false;
        for (var examined = 0; !isLast && records.Count < filter.PageSize && examined < MostExamined;)
        {
            // As many as are missing, so that none is read for nothing when all fit; few at a time would cost round trips when few fit.
            var most = Math.Max(filter.PageSize - records.Count, examined == 0 ? 1 : 100);
            var names = await NamesAsync(filter, place, most, cancellationToken);
            isLast = names.Count < most;
            examined += names.Count;
            var found = await Task.WhenAll(names.Select(name => FindAsync(name[TimeLength..], cancellationToken).AsTask()));
            for (var i = 0; i < found.Length && records.Count < filter.PageSize; i++)
            {
                place = names[i];
                if (found[i] is { } record && Fits(record, filter))
                {
                    records.Add(record);
                }

                isLast &= i == found.Length - 1 || records.Count < filter.PageSize;
            }
        }

        return new WorkflowPage(records, isLast ? null : place);
    }

    private static bool Fits(WorkflowRecord record, WorkflowFilter filter) =>
        (filter.Name is null || filter.Name == record.Name) && (filter.Statuses.Count == 0 || filter.Statuses.Contains(record.Status));

    // The newest instances of all buckets, each as the index has it: 19 digits of its creation, then its id.
    private async Task<List<string>> NamesAsync(WorkflowFilter filter, string? place, int most, CancellationToken cancellationToken)
    {
        var before = filter.CreatedBefore is { } time ? RedisWorkItem.Time(time) : null;
        var from = place is null || (before is not null && string.CompareOrdinal(before, place) < 0) ? before : place;
        RedisArgument newest = from is null ? "+" : "(" + from;
        RedisArgument oldest = filter.CreatedFrom is { } first ? "[" + RedisWorkItem.Time(first) : "-";
        var pages = await Task.WhenAll(_buckets.Select(bucket => ReadAsync(bucket)));
        return pages.Length == 1 ? pages[0] : [.. pages.SelectMany(page => page).OrderDescending(RedisListOrder.Instance).Take(most)];

        async Task<List<string>> ReadAsync(RedisWorkflowBucket bucket)
        {
            var command = RedisCommand.On(RedisCommandName.ZRevRangeByLex, bucket.List, newest, oldest, "LIMIT", 0, most);
            return Parse(await ExecuteAsync(command, cancellationToken), (ref RespReader reader) => ReadTexts(ref reader));
        }
    }

    private static List<string> ReadTexts(ref RespReader reader)
    {
        var texts = new List<string>(reader.ReadArray());
        for (var count = texts.Capacity; count > 0; count--)
        {
            texts.Add(reader.ReadText()!);
        }

        return texts;
    }
}
