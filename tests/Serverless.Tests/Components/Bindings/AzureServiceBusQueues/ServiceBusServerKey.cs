using Serverless.Backends.ServiceBus;

namespace Serverless.Tests.Components.Bindings.AzureServiceBusQueues;

/// <summary>The key inside a server's connection string.</summary>
internal static class ServiceBusServerKey
{
    public static string Key(this ServiceBusServer server) => server.ConnectionString.Split("SharedAccessKey=")[1];
}
