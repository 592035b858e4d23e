using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <summary>
/// How a work item is kept: 32 hex digits of its owner (zeros: nobody), its kind's digit, 19 digits of the ticks when it is due, the length of its name in bytes,
/// a colon, the name, the content. The indexes name it <c>id/instance</c>.
/// </summary>
internal static class RedisWorkItem
{
    private const int OwnerLength = 32;
    private const int DueStart = OwnerLength + 1;
    private const int NameStart = DueStart + 19;

    /// <summary>The item without its ids.</summary>
    public static ReadOnlyMemory<byte> Encode(WorkItem item)
    {
        var name = Encoding.UTF8.GetByteCount(item.Name);
        var value = new byte[NameStart + 11 + name + item.Content.Length];
        var span = value.AsSpan();
        Utf8Formatter.TryFormat(item.Owner.GetValueOrDefault(), span, out _, 'N');
        span[OwnerLength] = (byte)('0' + (int)item.Kind);
        Utf8Formatter.TryFormat(item.Due.UtcTicks, span[DueStart..], out _, new StandardFormat('D', 19));
        Utf8Formatter.TryFormat(name, span[NameStart..], out var digits);
        var at = NameStart + digits;
        span[at++] = (byte)':';
        at += Encoding.UTF8.GetBytes(item.Name, span[at..]);
        item.Content.Span.CopyTo(span[at..]);
        return value.AsMemory(0, at + item.Content.Length);
    }

    /// <summary>The item of an instance.</summary>
    public static WorkItem Decode(string instanceId, string workId, ReadOnlyMemory<byte> value)
    {
        var span = value.Span;
        if (span.Length <= NameStart
            || !Utf8Parser.TryParse(span[..OwnerLength], out Guid owner, out _, 'N')
            || !Utf8Parser.TryParse(span[DueStart..NameStart], out long due, out _)
            || !Utf8Parser.TryParse(span[NameStart..], out int name, out var digits))
        {
            throw new RespException($"item '{workId}' of workflow '{instanceId}' is not readable");
        }

        var nameAt = NameStart + digits + 1;
        return new WorkItem
        {
            InstanceId = instanceId,
            WorkId = workId,
            Kind = (WorkKind)(span[OwnerLength] - '0'),
            Name = Encoding.UTF8.GetString(span.Slice(nameAt, name)),
            Due = new DateTimeOffset(due, TimeSpan.Zero),
            Owner = owner == Guid.Empty ? null : owner,
            Content = value[(nameAt + name)..],
        };
    }

    /// <summary>Reads an array of names and values in turn; how many items there were.</summary>
    public static int ReadAll(ref RespReader reader, List<WorkItem> items)
    {
        var count = reader.ReadArray() / 2;
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadText()!;
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            items.Add(Decode(name[(slash + 1)..], name[..slash], reader.ReadBulk().GetValueOrDefault()));
        }

        return count;
    }

    /// <summary>A session or an owner as the scripts take it.</summary>
    public static string Owner(Guid? owner) => owner.GetValueOrDefault().ToString("N");

    /// <summary>A time as the scripts take it: what is larger is later, also as text.</summary>
    public static string Time(DateTimeOffset time) => time.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>A time as the scripts give it; null for an empty text.</summary>
    public static DateTimeOffset? ReadTime(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long ticks, out _) ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
}
