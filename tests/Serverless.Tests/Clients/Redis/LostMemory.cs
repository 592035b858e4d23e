using System.Buffers;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Memory that its owner has taken back.</summary>
internal sealed class LostMemory : MemoryManager<byte>
{
    public override Memory<byte> Memory => CreateMemory(100);

    public override Span<byte> GetSpan() => throw new ObjectDisposedException(nameof(LostMemory));

    public override MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException(nameof(LostMemory));

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
