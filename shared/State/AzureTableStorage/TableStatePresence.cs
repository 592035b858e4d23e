namespace Serverless.Components.State.AzureTableStorage;

/// <summary>What is known of a row that is to be changed.</summary>
internal enum TableStatePresence
{
    /// <summary>Nothing; a guess may do.</summary>
    Unknown,

    /// <summary>A guess was wrong.</summary>
    Doubtful,

    Absent,

    /// <summary>The row is there, and what it held has expired.</summary>
    Expired,

    Present,
}
