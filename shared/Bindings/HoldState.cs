namespace Serverless.Components.Bindings;

/// <summary>Whether a message is still ours.</summary>
internal enum HoldState
{
    /// <summary>It is, for its full time from now.</summary>
    Held,

    /// <summary>It is somebody else's, or gone.</summary>
    Lost,

    /// <summary>The service did not say.</summary>
    Unknown,
}
