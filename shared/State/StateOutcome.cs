namespace Serverless.Components.State;

/// <summary>How a write ended.</summary>
public enum StateOutcome
{
    /// <summary>The write is durable.</summary>
    Done,

    /// <summary>The entry has another ETag, is missing, or exists although it must not.</summary>
    EtagMismatch,

    /// <summary>The given ETag cannot be one of this store's.</summary>
    EtagInvalid,

    /// <summary>The store refuses the request as written, for example an unknown option or a bad TTL.</summary>
    Rejected,
}
