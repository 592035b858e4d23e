using System.Globalization;

namespace Serverless.IntegrationTests.Load;

/// <summary>A number that several workers count up at once, each with the ETag that it has read.</summary>
internal sealed class StormCounter(string key)
{
    private long _acknowledged;
    private long _unknown;

    /// <summary>Increments that were acknowledged.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>One worker, until <paramref name="stop"/>.</summary>
    public async Task RunAsync(StateHttp state, CancellationToken stop, CancellationToken cancellationToken)
    {
        while (!stop.IsCancellationRequested)
        {
            var read = await state.GetAsync(key, cancellationToken);
            if (!read.IsSuccess)
            {
                Assert.Equal("ERR_STATE_GET", read.ErrorCode);
                continue;
            }

            // Only the first of all writes may come without an ETag: "-1" matches no version, but is not asked about for an absent key.
            var next = (Number(read.Body) + 1).ToString(CultureInfo.InvariantCulture);
            var answer = await state.SaveAsync(key, next, cancellationToken, read.ETag ?? "-1");
            if (answer.Fate == WriteFate.Made)
            {
                Interlocked.Increment(ref _acknowledged);
            }
            else if (answer.Fate == WriteFate.Unknown)
            {
                Interlocked.Increment(ref _unknown);
            }
        }
    }

    /// <summary>Null when no increment is lost and none was made up.</summary>
    public async Task<string?> ComplaintAsync(StateHttp state, CancellationToken cancellationToken)
    {
        var found = Number((await state.GetAsync(key, cancellationToken)).Body);
        return found >= _acknowledged && found <= _acknowledged + _unknown
            ? null
            : $"{key}: counted {found}, acknowledged {_acknowledged}, unknown {_unknown}";
    }

    private static long Number(string text) => text.Length == 0 ? 0 : long.Parse(text, CultureInfo.InvariantCulture);
}
