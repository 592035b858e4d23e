using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Serverless.Components.Registry;

namespace Serverless.Functions.Hosting;

/// <summary>Says in one line why the process could not start.</summary>
internal static class StartupFault
{
    /// <summary>The line; null when the cause is not one that a user could have made, so that its stack matters.</summary>
    public static string? Describe(Exception exception) => exception switch
    {
        ComponentException => exception.Message,
        IOException { InnerException: AddressInUseException } => $"can't listen: {exception.Message} Is another process running there?",
        IOException or UnauthorizedAccessException => exception.Message,
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "can't listen: not permitted; ports below 1024 need a privilege",
        SocketException => $"can't listen: {exception.Message}",
        _ => null,
    };
}
