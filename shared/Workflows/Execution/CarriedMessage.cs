using System.Buffers.Binary;
using System.Text;

namespace Serverless.Components.Workflows.Execution;

/// <summary>The content of a work item of kind message: an event for another instance, or the first event of a child.</summary>
/// <param name="IsChild">True when the receiver is to be created.</param>
/// <param name="Receiver">The receiver's instance id.</param>
/// <param name="ExecutionId">The execution it is meant for; null for whichever runs.</param>
/// <param name="Event">The encoded event; its payloads are the sender's.</param>
internal sealed record CarriedMessage(bool IsChild, string Receiver, string? ExecutionId, ReadOnlyMemory<byte> Event)
{
    /// <summary>One byte of flags, the two texts with their lengths in two bytes each, the event.</summary>
    public ReadOnlyMemory<byte> Pack()
    {
        var receiver = Encoding.UTF8.GetByteCount(Receiver);
        var execution = Encoding.UTF8.GetByteCount(ExecutionId ?? "");
        var bytes = new byte[5 + receiver + execution + Event.Length];
        bytes[0] = (byte)((IsChild ? 1 : 0) | (ExecutionId is null ? 0 : 2));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), checked((ushort)receiver));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(3), checked((ushort)execution));
        Encoding.UTF8.GetBytes(Receiver, bytes.AsSpan(5));
        Encoding.UTF8.GetBytes(ExecutionId ?? "", bytes.AsSpan(5 + receiver));
        Event.CopyTo(bytes.AsMemory(5 + receiver + execution));
        return bytes;
    }

    /// <summary>Reads it.</summary>
    public static CarriedMessage Parse(ReadOnlyMemory<byte> content)
    {
        var bytes = content.Span;
        var receiver = BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]);
        var execution = BinaryPrimitives.ReadUInt16LittleEndian(bytes[3..]);
        return new CarriedMessage(
            (bytes[0] & 1) != 0,
            Encoding.UTF8.GetString(bytes.Slice(5, receiver)),
            (bytes[0] & 2) != 0 ? Encoding.UTF8.GetString(bytes.Slice(5 + receiver, execution)) : null,
            content[(5 + receiver + execution)..]);
    }
}
