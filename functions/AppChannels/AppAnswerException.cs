namespace Serverless.Functions.AppChannels;

/// <summary>The app answered, but its answer can't be taken.</summary>
internal sealed class AppAnswerException(string message, Exception innerException) : Exception(message, innerException);
