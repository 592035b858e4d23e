namespace Serverless.Components.Clients.Redis;

/// <summary>Leaving a server that is no longer used while its last replies come.</summary>
internal sealed partial class RedisNode
{
    private bool _isRetired;

    /// <summary>Sends the line elsewhere, takes no more commands, and closes when the last reply has come.</summary>
    /// <remarks>The client must have stopped sending here; what still comes goes back to it.</remarks>
    public async Task RetireAsync()
    {
        RedisCommand[] line;
        Task[] running;
        RedisConnection? current;
        lock (_gate)
        {
            if (_isRetired || _isDisposed)
            {
                return;
            }

            _isRetired = true;
            line = [.. _line];
            _line.Clear();
            _lineLength = 0;
            running = [.. _running];
            current = _current;
        }

        // A connection that is only being opened would find nobody waiting.
        await _stop.CancelAsync();
        if (current is not null)
        {
            Replace(current);
        }

        foreach (var command in line)
        {
            _client.Send(command);
        }

        // The watch ends replies that don't come, and with them the connection.
        await Task.WhenAll(running);
        await DisposeAsync();
    }
}
