using System.Globalization;

namespace Serverless.Backends.Faults;

/// <summary>A fault for one request; the server writes its answer in the form of its service.</summary>
public sealed record HttpFault(HttpFaultKind Kind)
{
    /// <summary>No answer at all.</summary>
    public static HttpFault Stall { get; } = new(HttpFaultKind.Stall);

    /// <summary>A reset before anything was done.</summary>
    public static HttpFault Reset { get; } = new(HttpFaultKind.Reset);

    /// <summary>A reset after everything was done.</summary>
    public static HttpFault ResetAfterCommit { get; } = new(HttpFaultKind.ResetAfterCommit);

    /// <summary>The status of an answer.</summary>
    public int Status { get; init; }

    /// <summary>The service's error code; null means that of the status.</summary>
    public string? Code { get; init; }

    /// <summary>The code within, where the service has one.</summary>
    public string? InnerCode { get; init; }

    /// <summary>Headers of an answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>An error answer.</summary>
    public static HttpFault Answer(int status, string? code = null, string? innerCode = null) =>
        new(HttpFaultKind.Answer) { Status = status, Code = code, InnerCode = innerCode };

    /// <summary>429 with Retry-After in seconds.</summary>
    public static HttpFault TooManyRequests(int retryAfter) =>
        Answer(429).With("Retry-After", retryAfter.ToString(CultureInfo.InvariantCulture));

    /// <summary>The same with one more header.</summary>
    public HttpFault With(string header, string value) => this with { Headers = new Dictionary<string, string>(Headers) { [header] = value } };
}
