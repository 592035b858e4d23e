namespace Serverless.Components.Clients.WebCalls;

/// <summary>A call got no usable answer. The message names the server, but no path, query or header, because those may be secrets.</summary>
internal sealed class WebCallException(string message, bool isFateUnknown = false, Exception? innerException = null)
    : Exception(isFateUnknown ? $"{message}; whether it was executed is unknown" : message, innerException);
