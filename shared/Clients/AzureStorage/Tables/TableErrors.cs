using System.Globalization;
using Azure;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Makes errors of answers that were not expected.</summary>
/// <param name="time">The clock that requests are signed with.</param>
internal sealed class TableErrors(TimeProvider time)
{
    /// <summary>The service's name in messages.</summary>
    public const string Service = "Table Storage";

    private const string Doubt = "whether it was executed is unknown";

    // The service refuses what is 15 minutes off.
    private static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(5);

    /// <summary>The error of a request.</summary>
    public AzureServiceException Of(Response response, string operation) => Create(response, operation, response.Status, AzureError.Read(response), "");

    /// <summary>The error of a write, with a word about its fate: a server that fails may have made it.</summary>
    public AzureServiceException OfWrite(Response response, string operation) =>
        Create(response, operation, response.Status, AzureError.Read(response), response.Status is 408 or 500 or 502 or 504 ? Doubt : "");

    /// <summary>The error of one operation of a batch, of which nothing was made.</summary>
    public AzureServiceException OfPart(Response response, TableBatchAnswer answer) =>
        Create(response, answer.Failed >= 0 ? $"batch, operation {answer.Failed}" : "batch", answer.Status, answer.Error, "");

    /// <summary>An answer that can't be read.</summary>
    public static AzureConnectionException Damaged(Exception fault) => Damaged("answer", fault, isFateUnknown: false);

    /// <summary>An answer that can't be read.</summary>
    public static AzureConnectionException Damaged(string operation, Exception fault, bool isFateUnknown) =>
        new($"{Service} {operation}: the service's answer can't be read: {fault.Message}{(isFateUnknown ? $"; {Doubt}" : "")}", isFateUnknown, fault);

    private AzureServiceException Create(Response response, string operation, int status, AzureError error, string doubt)
    {
        string?[] words = [error.Message, status == 403 ? Skew(response) : null, doubt.Length > 0 ? doubt : null];
        var message = string.Join("; ", words.Where(word => word is not null));
        var request = response.Headers.TryGetValue("x-ms-request-id", out var id) ? id : null;
        return AzureServiceException.Create($"{Service} {operation}", status, error with { Message = message.Length > 0 ? message : null }, request);
    }

    private string? Skew(Response response)
    {
        if (response.Headers.Date is not { } theirs)
        {
            return null;
        }

        var skew = time.GetUtcNow() - theirs;
        return skew.Duration() < LargestSkew ? null
            : string.Create(CultureInfo.InvariantCulture, $"this machine's clock is {skew.Duration().TotalMinutes:0} minutes {(skew > TimeSpan.Zero ? "ahead of" : "behind")} the service's, and a signature is good for 15");
    }
}
