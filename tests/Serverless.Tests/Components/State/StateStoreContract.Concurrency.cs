using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

public abstract partial class StateStoreContract
{
    private protected const int Writers = 50;

    [Fact]
    public async Task Concurrent_OneETag_ExactlyOneWriterWins()
    {
        await SetAsync(Set("k", "0"));
        for (var round = 0; round < 5; round++)
        {
            var etag = await ETagAsync("k");

            var outcomes = await AtOnceAsync(i => SetAsync(Set("k", $"{i}", etag)));

            Assert.Single(outcomes, StateOutcome.Done);
            Assert.Equal(Writers - 1, outcomes.Count(outcome => outcome == StateOutcome.EtagMismatch));
            Assert.Equal($"{Array.IndexOf(outcomes, StateOutcome.Done)}", await TextAsync("k"));
        }
    }

    [Fact]
    public async Task Concurrent_FirstWrite_ExactlyOneWriterWins()
    {
        var outcomes = await AtOnceAsync(i => SetAsync(Set("k", $"{i}", null, "first-write")));

        Assert.Single(outcomes, StateOutcome.Done);
        Assert.Equal($"{Array.IndexOf(outcomes, StateOutcome.Done)}", await TextAsync("k"));
    }

    [Fact]
    public async Task Concurrent_Counter_LosesNoIncrement()
    {
        await SetAsync(Set("n", "0"));

        await AtOnceAsync(async _ =>
        {
            while (true)
            {
                var entry = (await GetAsync("n"))!;
                var next = int.Parse(entry.Value.Span, null) + 1;
                if (await SetAsync(Set("n", $"{next}", entry.ETag)) == StateOutcome.Done)
                {
                    return StateOutcome.Done;
                }
            }
        });

        Assert.Equal($"{Writers}", await TextAsync("n"));
    }

    [Fact]
    public async Task Concurrent_DifferentKeys_AreAllStored()
    {
        await AtOnceAsync(i => SetAsync(Set($"k{i}", $"{i}")));

        for (var i = 0; i < Writers; i++)
        {
            Assert.Equal($"{i}", await TextAsync($"k{i}"));
        }
    }

    private protected static async Task<StateOutcome[]> AtOnceAsync(Func<int, Task<StateOutcome>> write) =>
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => write(i), Cancellation)));
}
