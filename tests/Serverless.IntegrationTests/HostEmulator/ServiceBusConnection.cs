namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>How to reach the namespace of a Service Bus trigger.</summary>
/// <param name="Address">The namespace's address for plain http.</param>
/// <param name="Token">The value of Authorization.</param>
public sealed record ServiceBusConnection(Uri Address, string Token);
