using System.Globalization;
using System.Net;
using Azure;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>A service answered with an error.</summary>
internal sealed class AzureServiceException : AzureException
{
    // What storage accounts tolerate; others are no stricter by much.
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(15);

    private AzureServiceException(string message, int status, string? code, string? requestId, bool isFateUnknown)
        : base(message, isFateUnknown, innerException: null)
    {
        Status = status;
        Code = code;
        RequestId = requestId;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The service's own code, for example <c>EntityAlreadyExists</c>; null when it gave none.</summary>
    public string? Code { get; }

    /// <summary>What the service's operators find the request by; null when it gave none.</summary>
    public string? RequestId { get; }

    /// <summary>Reads the answer's error.</summary>
    /// <param name="response">An answer with its content buffered.</param>
    /// <param name="operation">Service and operation, for the message.</param>
    /// <param name="now">Our clock, which is named when the service refuses us and its own differs too much.</param>
    /// <param name="isFateUnknown">True when it may nevertheless have been executed.</param>
    public static AzureServiceException From(Response response, string operation, DateTimeOffset now, bool isFateUnknown = false)
    {
        var error = AzureError.Read(response);
        if (ClockSkew(response, now) is { } skew)
        {
            error = error with { Message = error.Message is null ? skew : $"{error.Message} ({skew})" };
        }

        return Create(operation, response.Status, error, ReadRequestId(response), isFateUnknown);
    }

    /// <summary>An error that was part of a larger answer.</summary>
    /// <param name="operation">Service and operation, for the message.</param>
    /// <param name="status">The part's status.</param>
    /// <param name="error">What the part says.</param>
    /// <param name="requestId">The whole answer's request id.</param>
    /// <param name="isFateUnknown">True when it may nevertheless have been executed.</param>
    public static AzureServiceException Create(string operation, int status, AzureError error, string? requestId, bool isFateUnknown = false)
    {
        // Service Bus gives the status as the code.
        var code = error.Code is null || error.Code == status.ToString(CultureInfo.InvariantCulture) ? "" : $" {error.Code}";
        var text = error.Message is null ? "" : $": {error.Message}";
        var request = requestId is null ? "" : $" (request {requestId})";
        return new AzureServiceException($"{operation}: the service answered {status}{code}{text}{request}", status, error.Code, requestId, isFateUnknown);
    }

    /// <summary>What the answer is found by; null when it does not say.</summary>
    public static string? ReadRequestId(Response response) => response.Headers.TryGetValue("x-ms-request-id", out var id) ? id : null;

    private static string? ClockSkew(Response response, DateTimeOffset now)
    {
        if (response.Status is not ((int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden) || response.Headers.Date is not { } theirs)
        {
            return null;
        }

        var ahead = now - theirs;
        return ahead.Duration() <= MostSkew
            ? null
            : $"the clock of this machine is {ahead.Duration().TotalMinutes:0} min {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the service's, which allows {MostSkew.TotalMinutes:0}";
    }
}
