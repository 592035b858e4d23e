namespace Serverless.Components.Clients.PostgreSql;

/// <summary>One try of an operation, which may outlive the patience of its caller.</summary>
internal sealed class PostgreSqlAttempt : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _isSent;

    /// <summary>Ends what Npgsql does for it.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>True from the moment where the server may see something of it.</summary>
    public bool IsSent
    {
        get => _isSent;
        set => _isSent = value;
    }

    /// <summary>Asks the server to give up, and waits for the end of <paramref name="running"/>; never fails.</summary>
    public async Task StopAsync(Task running)
    {
        // Npgsql sends its request from within the cancellation, which a hung server holds up.
        await Task.Run(_stop.Cancel, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await running.WaitAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
    }

    /// <summary>After its end only: Npgsql may still look at the token.</summary>
    public void Dispose() => _stop.Dispose();
}
