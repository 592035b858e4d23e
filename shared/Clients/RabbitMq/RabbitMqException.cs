using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Serverless.Components.Clients.RabbitMq;

/// <summary>The broker was not reached, or refused. The message names it, never the password, and says of a message what became of it.</summary>
internal sealed class RabbitMqException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True when no answer came in time.</summary>
    public bool IsLate { get; init; }

    /// <summary>True when another connection has the queue to itself.</summary>
    public bool IsLocked => InnerException is OperationInterruptedException { ShutdownReason.ReplyCode: Constants.ResourceLocked };

    /// <summary>True for what the client throws when broker or network fail; a write to a connection that breaks at this moment is an invalid operation.</summary>
    public static bool IsFault(Exception fault) => fault is RabbitMQClientException or IOException or SocketException or TimeoutException
        or OperationCanceledException or AuthenticationException or InvalidOperationException or ArgumentException;

    /// <summary>What went wrong, in the broker's words where it has some.</summary>
    public static string Describe(Exception fault) => fault switch
    {
        AggregateException { InnerException: { } inner } => Describe(inner),
        BrokerUnreachableException { InnerException: { } inner } => Describe(inner),
        OperationInterruptedException { ShutdownReason: { } reason } => $"{reason.ReplyCode} {reason.ReplyText}".Trim(),
        { InnerException: SocketException or AuthenticationException or RabbitMQClientException } => $"{fault.Message}: {Describe(fault.InnerException)}",
        OperationCanceledException or TimeoutException => "no answer in time",
        ObjectDisposedException or ChannelClosedException => "the connection is closed",
        _ => fault.Message,
    };
}
