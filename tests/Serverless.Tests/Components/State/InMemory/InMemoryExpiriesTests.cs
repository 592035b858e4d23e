using Serverless.Components.State.InMemory;

namespace Serverless.Tests.Components.State.InMemory;

public sealed class InMemoryExpiriesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<string, string> _current = [];
    private readonly InMemoryExpiries _expiries;
    private int _looks;

    public InMemoryExpiriesTests() => _expiries = new InMemoryExpiries((key, etag) =>
    {
        _looks++;
        return _current.GetValueOrDefault(key) == etag;
    });

    [Fact]
    public void TryTake_GivesWhatIsDue_AndLooksAtNothingElse()
    {
        for (var i = 0; i < 100; i++)
        {
            Write($"k{i}", "e", i);
        }

        Assert.True(_expiries.TryTake(Start.AddSeconds(1), out var first));
        Assert.True(_expiries.TryTake(Start.AddSeconds(1), out var second));
        Assert.False(_expiries.TryTake(Start.AddSeconds(1), out _));

        Assert.Equal(["k0", "k1"], [first, second]);
        Assert.Equal(2, _looks);
        Assert.Equal(Start.AddSeconds(2), _expiries.Next);
    }

    [Fact]
    public void TryTake_OverwrittenEntry_IsLeftOut()
    {
        Write("k", "old", 1);
        Write("k", "new", 5);

        Assert.False(_expiries.TryTake(Start.AddSeconds(4), out _));
        Assert.True(_expiries.TryTake(Start.AddSeconds(5), out _));
        Assert.Null(_expiries.Next);
    }

    [Fact]
    public void Add_TheSameKeyForEver_StaysSmall()
    {
        for (var i = 0; i < 100_000; i++)
        {
            Write($"k{i % 300}", $"e{i}", 3600);
        }

        Assert.InRange(_expiries.Count, 300, 600);
    }

    private void Write(string key, string etag, int seconds)
    {
        _current[key] = etag;
        _expiries.Add(key, etag, Start.AddSeconds(seconds));
    }
}
