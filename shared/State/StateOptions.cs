namespace Serverless.Components.State;

/// <summary>The two options of a write, as the caller spelled them; empty means the default.</summary>
/// <param name="Concurrency"><c>first-write</c>, <c>last-write</c> or empty.</param>
/// <param name="Consistency"><c>eventual</c>, <c>strong</c> or empty.</param>
public sealed record StateOptions(string Concurrency, string Consistency)
{
    /// <summary>Neither option given.</summary>
    public static StateOptions Default { get; } = new("", "");

    /// <summary>True when an existing entry must not be overwritten blindly.</summary>
    public bool IsFirstWrite => Concurrency == "first-write";

    /// <summary>The complaint of stores that check the words (consistency first), or null when both are known.</summary>
    public string? Complaint => this switch
    {
        { Consistency: not ("" or "strong" or "eventual") } => $"unrecognized consistency model '{Consistency}'",
        { Concurrency: not ("" or "first-write" or "last-write") } => $"unrecognized concurrency model '{Concurrency}'",
        _ => null,
    };
}
