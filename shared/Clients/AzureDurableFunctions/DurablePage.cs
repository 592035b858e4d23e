namespace Serverless.Components.Clients.AzureDurableFunctions;

/// <summary>A page of orchestrations; one that is not the last may hold fewer than asked for, and even none.</summary>
/// <param name="Instances">The orchestrations, and the app's entities, whose names begin with <c>@</c>.</param>
/// <param name="Continuation">Asks for the next page; null at the end.</param>
internal sealed record DurablePage(IReadOnlyList<DurableInstance> Instances, string? Continuation)
{
    /// <summary>The header that carries it, both ways.</summary>
    public const string ContinuationHeader = "x-ms-continuation-token";

    // Of the text "null": how older versions end a list (azure-functions-durable-extension#1174).
    private const string OldEnd = "bnVsbA==";

    /// <summary>What the header's value says.</summary>
    public static string? ReadContinuation(string? header) => header is null or "" or OldEnd ? null : header;
}
