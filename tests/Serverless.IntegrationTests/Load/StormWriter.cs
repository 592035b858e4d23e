using System.Globalization;

namespace Serverless.IntegrationTests.Load;

/// <summary>Writes as fast as it is answered. It alone writes its keys, each of which begins with its name.</summary>
internal sealed class StormWriter(string name)
{
    private long _value;

    public WriteLedger Ledger { get; } = new();

    /// <summary>Keys it writes in turn. What was lost shows only until the next turn.</summary>
    public int KeyCount { get; init; } = 40;

    /// <summary>Waits for the replicas.</summary>
    public bool IsStrong { get; init; }

    /// <summary>False for a store that has none: it then writes key by key.</summary>
    public bool HasTransactions { get; init; } = true;

    /// <summary>Writes that were answered with an error.</summary>
    public int Errors { get; private set; }

    /// <summary>Runs until <paramref name="stop"/> or until the connection breaks.</summary>
    public async Task RunUntilKilledAsync(StateHttp state, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await WriteAsync(state, stop);
                Assert.Equal(0, Errors);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // The process was killed: what was in flight stays attempted, not acknowledged.
        }
    }

    /// <summary>Runs until <paramref name="stop"/>. Every request must be answered, with success or with an error that tells what became of it.</summary>
    public async Task RunThroughErrorsAsync(StateHttp state, CancellationToken stop, CancellationToken cancellationToken)
    {
        while (!stop.IsCancellationRequested)
        {
            await WriteAsync(state, cancellationToken);
        }
    }

    // Every third write is a transaction over two keys, where there are any.
    private async Task WriteAsync(StateHttp state, CancellationToken cancellationToken)
    {
        var value = ++_value;
        string[] keys = HasTransactions && value % 3 == 0 ? [Key(value), Key(value + 1)] : [Key(value)];
        foreach (var key in keys)
        {
            Ledger.Attempt(key, value);
        }

        var text = value.ToString(CultureInfo.InvariantCulture);
        var answer = keys.Length > 1
            ? await state.TransactAsync(keys.Select(key => (key, text)), cancellationToken, IsStrong)
            : await state.SaveAsync(keys[0], text, cancellationToken, isStrong: IsStrong);
        Errors += answer.IsSuccess ? 0 : 1;
        foreach (var key in keys)
        {
            if (answer.IsSuccess)
            {
                Ledger.Acknowledge(key, value);
            }
            else if (answer.Fate == WriteFate.NotMade)
            {
                Ledger.Refuse(key, value);
            }
        }
    }

    private string Key(long value) => string.Create(CultureInfo.InvariantCulture, $"{name}-{value % KeyCount}");
}
