namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>How a change of a row ended.</summary>
internal enum TableOutcome
{
    /// <summary>It was made.</summary>
    Done,

    /// <summary>There is no such row.</summary>
    Absent,

    /// <summary>The row to be inserted is there already.</summary>
    Exists,

    /// <summary>The row is there, with another ETag.</summary>
    Changed,

    /// <summary>The given ETag can't be one of the service's.</summary>
    ForeignETag,
}
