namespace Serverless.Backends.Kubernetes;

/// <summary>How a request to the API server can go wrong.</summary>
public enum KubernetesFault
{
    /// <summary>429 in plain text with Retry-After, as the server sheds load.</summary>
    TooManyRequests,

    /// <summary>500 with a Status object and without Retry-After.</summary>
    InternalError,

    /// <summary>410: the pages' snapshot is gone.</summary>
    Expired,

    /// <summary>200 with a web page, as something in between answers.</summary>
    WebPage,

    /// <summary>The head and half of a body, then nothing more and the connection ends.</summary>
    CutOff,

    /// <summary>No answer.</summary>
    Hang,
}
