namespace Serverless.Components.Clients.AzureRest;

/// <summary>An Azure service could not do what it was asked; the message names service and operation, and never a key, token or signature.</summary>
internal abstract class AzureException(string message, Exception? innerException) : Exception(message, innerException);
