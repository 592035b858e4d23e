namespace Serverless.Functions.Triggers.Generation;

/// <summary>The triggers can't be generated; the message is for who publishes and holds no value of an item.</summary>
internal sealed class GenerationException(string message) : Exception(message);
