namespace Serverless.Components.Workflows.Storage;

/// <summary>A request for free work.</summary>
internal sealed record WorkClaim
{
    /// <summary>Who asks.</summary>
    public required Guid Owner { get; init; }

    /// <summary>Items that are due by then are given out.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Most items of other kinds than activities.</summary>
    public required int MostTurns { get; init; }

    /// <summary>Most items of activities.</summary>
    public required int MostActivities { get; init; }

    /// <summary>Most items of kind <see cref="WorkKind.Turn"/> that all sessions together may have after the claim; null for any number.</summary>
    public int? MostTurnsOfAll { get; init; }

    /// <summary>Most items of activities that all sessions together may have after the claim; null for any number.</summary>
    public int? MostActivitiesOfAll { get; init; }
}
