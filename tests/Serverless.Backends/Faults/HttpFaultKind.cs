namespace Serverless.Backends.Faults;

/// <summary>How a request to a protocol server can go wrong.</summary>
public enum HttpFaultKind
{
    /// <summary>An error answer; nothing was done.</summary>
    Answer,

    /// <summary>No answer until the client gives up; nothing was done.</summary>
    Stall,

    /// <summary>The connection is reset; nothing was done.</summary>
    Reset,

    /// <summary>The request is carried out, then the connection is reset instead of an answer.</summary>
    ResetAfterCommit,
}
