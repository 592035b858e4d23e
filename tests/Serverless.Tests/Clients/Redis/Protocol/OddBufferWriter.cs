using System.Buffers;

namespace Serverless.Tests.Clients.Redis.Protocol;

/// <summary>Gives spans of the hint's size and a few bytes more, as few as the rules allow; full of dirt, each in new memory.</summary>
internal sealed class OddBufferWriter(int beyondHint) : IBufferWriter<byte>
{
    private readonly List<byte> _written = [];
    private byte[] _lent = [];
    private int _turn;

    /// <summary>What was written.</summary>
    public byte[] Written => [.. _written];

    /// <summary>How large the largest span was.</summary>
    public int Largest { get; private set; }

    public void Advance(int count)
    {
        Assert.InRange(count, 0, _lent.Length);
        _written.AddRange(_lent[..count]);
        _lent = [];
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        _lent = new byte[Math.Max(sizeHint, 1) + (beyondHint == 0 ? 0 : _turn++ % (beyondHint + 1))];
        Largest = Math.Max(Largest, _lent.Length);
        Array.Fill(_lent, (byte)0xee);
        return _lent;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
