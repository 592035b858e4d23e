using System.Buffers.Text;
using System.Text;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <summary>
/// How a record is kept, as a hash: <c>n</c> name, <c>x</c> execution, <c>v</c> version, <c>s</c> status, <c>c</c> and <c>u</c> ticks of creation and last change,
/// <c>a</c> start, <c>o</c> outcome; beside it <c>f</c>, the message that created it.
/// </summary>
internal static class RedisWorkflowRecord
{
    /// <summary>Asks for a record.</summary>
    public static RedisCommand Query(string key) => RedisCommand.On(RedisCommandName.HMGet, key, "n", "x", "v", "s", "c", "u", "a", "o");

    /// <summary>Reads the fields in that order; null when there is no record.</summary>
    public static WorkflowRecord? Read(string instanceId, ref RespReader reader)
    {
        if (reader.ReadArray() != 8)
        {
            throw new RespException("a record was expected");
        }

        var name = reader.ReadText();
        var execution = reader.ReadText();
        var version = reader.ReadBulk();
        var status = reader.ReadBulk();
        var created = reader.ReadBulk();
        var updated = reader.ReadBulk();
        var start = reader.ReadBulk();
        var outcome = reader.ReadBulk();
        return version is null ? null : new WorkflowRecord
        {
            InstanceId = instanceId,
            Name = name ?? "",
            ExecutionId = execution ?? "",
            Version = Number(version),
            Status = (WorkflowRuntimeStatus)Number(status),
            CreatedAt = new DateTimeOffset(Number(created), TimeSpan.Zero),
            UpdatedAt = new DateTimeOffset(Number(updated), TimeSpan.Zero),
            Start = start.GetValueOrDefault(),
            Outcome = outcome.GetValueOrDefault(),
        };
    }

    /// <summary>A message's body: the execution it is for, a zero, the event.</summary>
    public static ReadOnlyMemory<byte> Body(InboxMessage message)
    {
        var execution = message.ExecutionId ?? "";
        var length = Encoding.UTF8.GetByteCount(execution);
        var body = new byte[length + 1 + message.Event.Length];
        Encoding.UTF8.GetBytes(execution, body);
        message.Event.Span.CopyTo(body.AsSpan(length + 1));
        return body;
    }

    /// <summary>A message of that id and body.</summary>
    public static InboxMessage ReadMessage(string id, ReadOnlyMemory<byte> body)
    {
        var length = body.Span.IndexOf((byte)0);
        return length < 0
            ? throw new RespException($"message '{id}' is not readable")
            : new InboxMessage(id, length == 0 ? null : Encoding.UTF8.GetString(body.Span[..length]), body[(length + 1)..]);
    }

    private static long Number(ReadOnlyMemory<byte>? text) =>
        Utf8Parser.TryParse(text.GetValueOrDefault().Span, out long number, out _) ? number : throw new RespException("a number of a record was expected");
}
