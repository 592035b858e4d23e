namespace Serverless.Components.State;

/// <summary>The outcome of a write as a value, so that an ETag mismatch is no exception.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">The store's own words, or null.</param>
public readonly record struct StateResult(StateOutcome Outcome, string? Detail = null)
{
    /// <summary>The write is durable.</summary>
    public static StateResult Done => default;

    /// <summary>The text that clients see after the API's prefix, as Dapr's stores word it.</summary>
    public string Message => (Outcome, Detail) switch
    {
        (StateOutcome.EtagMismatch, null) => "possible etag mismatch. error from state store",
        (StateOutcome.EtagMismatch, _) => $"possible etag mismatch. error from state store: {Detail}",
        (StateOutcome.EtagInvalid, null) => "invalid etag value",
        (StateOutcome.EtagInvalid, _) => $"invalid etag value: {Detail}",
        _ => Detail ?? "",
    };

    /// <summary>The store refuses the request as written.</summary>
    public static StateResult Rejected(string detail) => new(StateOutcome.Rejected, detail);

    /// <summary>The ETag condition does not hold.</summary>
    public static StateResult EtagMismatch(string? detail = null) => new(StateOutcome.EtagMismatch, detail);

    /// <summary>The ETag is malformed for this store.</summary>
    public static StateResult EtagInvalid(string? detail = null) => new(StateOutcome.EtagInvalid, detail);
}
