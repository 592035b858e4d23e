namespace Serverless.Functions.AppChannels;

/// <summary>The app was not reached, or broke off its answer.</summary>
internal sealed class AppUnreachableException(string message, Exception innerException) : Exception(message, innerException);
