namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>What becomes of a row.</summary>
internal enum TableVerb
{
    /// <summary>It is made; there must be none.</summary>
    Insert,

    /// <summary>It has these properties and no others.</summary>
    Replace,

    /// <summary>It has these properties, and of the others what it had.</summary>
    Merge,

    /// <summary>It is removed.</summary>
    Delete,
}
