using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>Where the rows of an app's workflows are.</summary>
/// <remarks>
/// Partition <c>app.instance</c> has all of one instance. Its row keys are chosen so that one range, read upwards, is what a turn needs, and each
/// guard is read before what it guards: new history <c>h-…</c>, a guard <c>k</c>, the turn item <c>k-turn</c>, the inbox <c>m-…</c>, the instance itself <c>meta</c>. Behind
/// it are payloads <c>p-…</c>, what a large turn staged <c>s-…</c>, and work items <c>w-…</c>. Partitions <c>app!…</c> are the app's indexes and sessions.
/// </remarks>
internal sealed class WorkflowTableKeys(string appId)
{
    /// <summary>The row of the instance itself.</summary>
    public const string Meta = "meta";

    /// <summary>The row that is there as long as the instance has not ended.</summary>
    public const string Guard = "k";

    /// <summary>The row of the turn item.</summary>
    public const string Turn = "k-turn";

    /// <summary>Before all rows of the history.</summary>
    public const string History = "h-";

    /// <summary>Before all rows of the inbox.</summary>
    public const string Inbox = "m-";

    /// <summary>Before all rows of payloads.</summary>
    public const string Payloads = "p-";

    /// <summary>Before all rows of staged turns.</summary>
    public const string Staged = "s-";

    /// <summary>Before all rows of work items but the turn.</summary>
    public const string Work = "w-";

    // A key has 512 characters at most; the app's id has its share.
    private const int LongestText = 380;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private readonly string _app = Escape(appId);

    /// <summary>The partition of the sessions.</summary>
    public string Sessions => $"{_app}!sessions";

    /// <summary>The partition of the list of instances.</summary>
    public string List => $"{_app}!list";

    /// <summary>The partitions of all instances, and nothing else.</summary>
    public TableFilter Instances => Between("PartitionKey", $"{_app}.", $"{_app}/");

    /// <summary>The partitions of the index of free items, the earliest due first.</summary>
    public TableFilter Ready => Between("PartitionKey", $"{_app}!ready.", $"{_app}!ready/");

    /// <summary>The partition of an instance.</summary>
    public string Partition(string instanceId) => $"{_app}.{Escape(instanceId)}";

    /// <summary>A row of an instance.</summary>
    public TableKey Row(string instanceId, string row) => new(Partition(instanceId), row);

    /// <summary>The row of an item of work.</summary>
    public TableKey WorkRow(string instanceId, string workId) => Row(instanceId, workId == WorkItem.TurnId ? Turn : Work + workId);

    /// <summary>A row of the history.</summary>
    public static string HistoryRow(long epoch, long version, int row) => string.Create(CultureInfo.InvariantCulture, $"{History}{epoch:D19}-{version:D19}-{row:D3}");

    /// <summary>What the rows of all payloads begin with whose keys begin with a short text.</summary>
    public static string PayloadsOf(string beginning) => Payloads + Escape(beginning);

    /// <summary>What all rows of a payload begin with.</summary>
    public static string PayloadPrefix(string key) => $"{Payloads}{Escape(key)}!";

    /// <summary>The row of an item in the index of free items.</summary>
    public TableKey ReadyRow(string instanceId, string workId, DateTimeOffset due) => new(
        string.Create(CultureInfo.InvariantCulture, $"{_app}!ready.{due.UtcDateTime:yyyyMMddHH}"),
        string.Create(CultureInfo.InvariantCulture, $"{due.UtcTicks:D19}-{Hash($"{instanceId}\n{workId}")}"));

    /// <summary>The row of an instance in the list; the newest come first.</summary>
    public TableKey ListRow(string instanceId, DateTimeOffset createdAt) => new(List, $"{ListTime(createdAt)}-{Hash(instanceId)}");

    /// <summary>A time as the list's rows begin with it.</summary>
    public static string ListTime(DateTimeOffset createdAt) => string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.UtcTicks - createdAt.UtcTicks:D19}");

    /// <summary>True for what a row of the list is named by.</summary>
    public static bool IsListRow(string text) =>
        text is { Length: 52 } && text[19] == '-' && !text.AsSpan(0, 19).ContainsAnyExceptInRange('0', '9') && text.AsSpan(20).IndexOfAnyExcept(HexDigits) < 0;

    /// <summary>The rows of an instance from one key to another, both included.</summary>
    public TableFilter Rows(string instanceId, string first, string last) =>
        TableFilter.Partition(Partition(instanceId)).And(TableFilter.Where("RowKey", "ge", first)).And(TableFilter.Where("RowKey", "le", last));

    private static TableFilter Between(string name, string first, string end) => TableFilter.Where(name, "ge", first).And(TableFilter.Where(name, "lt", end));

    // Only characters that are harmless everywhere, in keys, addresses and filters; what is too long goes on as a hash.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or ':' or '@')
            {
                escaped.Append(character);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"~{(int)character:X4}");
            }
        }

        return escaped.Length <= LongestText / 2 ? escaped.ToString() : $"{escaped.ToString(0, (LongestText / 2) - 34)}~~{Hash(text)}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(text)).AsSpan(0, 16));
}
