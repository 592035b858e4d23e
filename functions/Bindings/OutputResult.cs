namespace Serverless.Functions.Bindings;

/// <summary>How a call of an output binding ended.</summary>
/// <param name="Fault">Why it failed; null when it did not.</param>
/// <param name="Data">What it answered; null when it answered nothing.</param>
/// <param name="Metadata">Response metadata, after a failure too.</param>
internal readonly record struct OutputResult(string? Fault, ReadOnlyMemory<byte>? Data, IReadOnlyDictionary<string, string> Metadata)
{
    public static OutputResult Failed(string fault) => new(fault, null, new Dictionary<string, string>());
}
