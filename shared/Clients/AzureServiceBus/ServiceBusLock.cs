namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>A message that is ours for a while.</summary>
/// <param name="Target">Path and query of its lock, as the service gave them.</param>
internal sealed record ServiceBusLock(string Target);
