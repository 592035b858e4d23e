namespace Serverless.Components.Clients.AzureRest;

/// <summary>No answer came: the service was not reached, no credential was to be had, the connection broke, or the time was up.</summary>
/// <param name="message">What happened.</param>
/// <param name="isFateUnknown">True for a write or a receive that may have been executed.</param>
/// <param name="innerException">The cause.</param>
internal sealed class AzureConnectionException(string message, bool isFateUnknown, Exception? innerException)
    : AzureException(message, isFateUnknown, innerException);
