namespace Serverless.Components.Clients.AzureRest;

/// <summary>An Azure service could not do what it was asked; the message names service and operation, and never a key, token or signature.</summary>
internal abstract class AzureException(string message, bool isFateUnknown, Exception? innerException)
    : Exception(isFateUnknown ? $"{message}; whether it was executed is unknown" : message, innerException)
{
    /// <summary>True for a write or a receive that may have been executed.</summary>
    public bool IsFateUnknown { get; } = isFateUnknown;
}
