namespace Serverless.Components.Clients.Smtp;

/// <summary>A message was not sent, or nobody knows. The message holds no password.</summary>
internal sealed class SmtpException(string message, bool isFateUnknown = false, Exception? innerException = null)
    : Exception(isFateUnknown ? $"{message}; whether it was executed is unknown" : message, innerException);
