using Azure;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>A service answered with an error.</summary>
internal sealed class AzureServiceException : AzureException
{
    private AzureServiceException(string message, int status, string? code, string? requestId)
        : base(message, innerException: null)
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
    public static AzureServiceException From(Response response, string operation)
    {
        var error = AzureError.Read(response);
        return Create(operation, response.Status, error, response.Headers.TryGetValue("x-ms-request-id", out var id) ? id : null);
    }

    /// <summary>An error that was part of a larger answer.</summary>
    /// <param name="operation">Service and operation, for the message.</param>
    /// <param name="status">The part's status.</param>
    /// <param name="error">What the part says.</param>
    /// <param name="requestId">The whole answer's request id.</param>
    public static AzureServiceException Create(string operation, int status, AzureError error, string? requestId)
    {
        var code = error.Code is null ? "" : $" {error.Code}";
        var text = error.Message is null ? "" : $": {error.Message}";
        var request = requestId is null ? "" : $" (request {requestId})";
        return new AzureServiceException($"{operation}: the service answered {status}{code}{text}{request}", status, error.Code, requestId);
    }
}
