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

    /// <summary>200 with a body that says it is compressed and is not.</summary>
    BadCompression,

    /// <summary>200 with a list that holds a null and a secret without a name beside a good one.</summary>
    OddList,

    /// <summary>200 with an empty page that is followed by itself.</summary>
    EndlessList,

    /// <summary>The head and half of a body, then nothing more and the connection ends.</summary>
    CutOff,

    /// <summary>No answer.</summary>
    Hang,
}
