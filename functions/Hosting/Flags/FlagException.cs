namespace Serverless.Functions.Hosting.Flags;

/// <summary>The command line or an environment variable can't be used; the message is one line for the user.</summary>
internal sealed class FlagException(string message) : Exception(message);
