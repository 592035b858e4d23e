namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>What a commit has found out beside the guards.</summary>
internal sealed class CommitFacts
{
    /// <summary>Names the commit, so that it is recognised after a lost answer.</summary>
    public Guid Attempt { get; } = Guid.NewGuid();

    /// <summary>All items there may be, but the turn; null when they are not known.</summary>
    public Dictionary<string, WorkKind>? Work { get; set; }

    /// <summary>True when <see cref="Work"/> was read for this commit, not remembered.</summary>
    public bool IsWorkRead { get; set; }

    /// <summary>True when a refusal told that the items have to be read.</summary>
    public bool NeedsWork { get; set; }

    /// <summary>The versions of the items whose results the turn takes.</summary>
    public Dictionary<string, string> Taken { get; } = new(StringComparer.Ordinal);

    /// <summary>Rows of the history that the commit replaces, if they are known.</summary>
    public IReadOnlyList<string> OldHistory { get; set; } = [];

    /// <summary>True when the instance certainly stands in the list.</summary>
    public bool IsListed { get; set; }

    /// <summary>False when an item is certainly gone.</summary>
    public bool MayBeThere(string workId) => Work is null || Work.ContainsKey(workId);
}
