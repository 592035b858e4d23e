using RabbitMQ.Client;

namespace Serverless.Backends.RabbitMq;

/// <summary>Looks at a broker with the vendor's client; every call has a connection of its own, so that restarts do no harm.</summary>
public sealed class RabbitMqWitness(string host)
{
    private readonly ConnectionFactory _factory = new() { Uri = new Uri(host), AutomaticRecoveryEnabled = false };

    /// <summary>How many messages wait, beside those that a consumer holds.</summary>
    public Task<uint> CountAsync(string queue, CancellationToken cancellationToken) =>
        CallAsync(channel => channel.MessageCountAsync(queue, cancellationToken), cancellationToken);

    /// <summary>How many consumers there are.</summary>
    public Task<uint> CountConsumersAsync(string queue, CancellationToken cancellationToken) =>
        CallAsync(channel => channel.ConsumerCountAsync(queue, cancellationToken), cancellationToken);

    /// <summary>Takes the first message; null when there is none.</summary>
    public Task<BasicGetResult?> TakeAsync(string queue, CancellationToken cancellationToken) =>
        CallAsync(channel => channel.BasicGetAsync(queue, autoAck: true, cancellationToken), cancellationToken);

    /// <summary>Puts messages in, as another program would.</summary>
    public Task<bool> PutAsync(string queue, IEnumerable<string> texts, CancellationToken cancellationToken) => CallAsync(
        async channel =>
        {
            foreach (var text in texts)
            {
                var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent, Headers = new Dictionary<string, object?> { ["my key"] = "a b/c", ["count"] = 1 } };
                await channel.BasicPublishAsync("", queue, mandatory: true, properties, System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);
            }

            return true;
        },
        cancellationToken);

    /// <summary>Makes a queue, in the simplest way.</summary>
    public Task<QueueDeclareOk> DeclareAsync(string queue, bool isDurable, CancellationToken cancellationToken) =>
        CallAsync(channel => channel.QueueDeclareAsync(queue, isDurable, exclusive: false, autoDelete: false, cancellationToken: cancellationToken), cancellationToken);

    /// <summary>Deletes a queue with all in it.</summary>
    public Task<uint> DeleteAsync(string queue, CancellationToken cancellationToken) =>
        CallAsync(channel => channel.QueueDeleteAsync(queue, false, false, cancellationToken: cancellationToken), cancellationToken);

    private async Task<T> CallAsync<T>(Func<IChannel, Task<T>> call, CancellationToken cancellationToken)
    {
        await using var connection = await _factory.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken);
        return await call(channel);
    }
}
