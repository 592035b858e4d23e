namespace Serverless.Components.State;

/// <summary>One operation of a transaction: exactly one of the two members is set.</summary>
public readonly record struct StateOperation
{
    /// <summary>An upsert.</summary>
    public StateOperation(StateSet set) => Set = set;

    /// <summary>A deletion.</summary>
    public StateOperation(StateDelete delete) => Delete = delete;

    /// <summary>The write, or null.</summary>
    public StateSet? Set { get; }

    /// <summary>The deletion, or null.</summary>
    public StateDelete? Delete { get; }
}
