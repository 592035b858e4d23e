namespace Serverless.Components.Clients.RabbitMq;

/// <summary>Waits for the client under limits of our own: when a connection breaks, some of its calls never end, whatever their token says.</summary>
/// <remarks>https://github.com/rabbitmq/rabbitmq-dotnet-client/issues/1976, 1968.</remarks>
internal static class RabbitMqWait
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    /// <summary>What the client opens; what it opens too late is closed.</summary>
    public static async Task<T> OpenAsync<T>(Task<T> opening, CancellationToken limit)
        where T : IAsyncDisposable
    {
        try
        {
            return await opening.WaitAsync(limit);
        }
        catch (OperationCanceledException)
        {
            _ = CloseLateAsync(opening);
            throw;
        }
    }

    /// <summary>Closes it; one that does not end within 5 s is left alone.</summary>
    public static async Task CloseAsync(IAsyncDisposable opened)
    {
        try
        {
            await opened.DisposeAsync().AsTask().WaitAsync(CloseLimit);
        }
        catch (Exception fault) when (RabbitMqException.IsFault(fault))
        {
            // It was broken already, and nothing is left to end.
        }
    }

    /// <summary>Nobody waits for it any more.</summary>
    public static async Task IgnoreAsync(Task task) => await task.WaitAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task CloseLateAsync<T>(Task<T> opening)
        where T : IAsyncDisposable
    {
        try
        {
            await CloseAsync(await opening.WaitAsync(CancellationToken.None));
        }
        catch (Exception fault) when (RabbitMqException.IsFault(fault))
        {
            // It was not opened after all.
        }
    }
}
