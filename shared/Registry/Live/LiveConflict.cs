namespace Serverless.Components.Registry.Live;

/// <summary>Why a change to the live set was refused.</summary>
public enum LiveConflict
{
    /// <summary>The entry to create is there already.</summary>
    Exists,

    /// <summary>The entry to update or delete is not there.</summary>
    NotExist,

    /// <summary>The entry was written since it was read.</summary>
    Sequence,
}
