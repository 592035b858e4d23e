using System.Globalization;
using System.Text;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>What the answer to a batch says: a part for each operation, or a single one for the operation that failed.</summary>
/// <param name="ETags">Of each operation in order; empty when one failed.</param>
/// <param name="Failed">Which operation failed; -1 when none did.</param>
/// <param name="Status">The failed operation's status; 0 when none did.</param>
/// <param name="Error">What it says.</param>
internal sealed record TableBatchAnswer(IReadOnlyList<string?> ETags, int Failed, int Status, AzureError Error)
{
    private const string Multipart = "multipart/";

    // Batch, changeset, request; there is nothing deeper.
    private const int DeepestPart = 3;

    /// <summary>Reads an answer.</summary>
    /// <param name="contentType">Its content type, which names the boundary.</param>
    /// <param name="body">Its body.</param>
    /// <param name="operations">How many operations the batch had.</param>
    /// <exception cref="InvalidDataException">It is damaged, or tells neither of all operations nor of one that failed.</exception>
    public static TableBatchAnswer Read(string? contentType, ReadOnlyMemory<byte> body, int operations)
    {
        List<TableBatchPart> parts = [];
        Collect(contentType, body, parts, depth: 1);
        var failed = parts.FindIndex(part => part.Status >= 400);
        if (failed < 0)
        {
            return parts.Count == operations && parts.TrueForAll(part => part.Status is >= 200 and < 300)
                ? new TableBatchAnswer([.. parts.Select(part => part.ETag)], -1, 0, default)
                : throw new InvalidDataException($"it tells of {parts.Count} operations, not of {operations}");
        }

        if (parts.Count != 1)
        {
            throw new InvalidDataException("it tells of a failure beside others");
        }

        var error = AzureError.Parse(parts[0].Body);
        var (index, message) = SplitMessage(error.Message);
        return index < operations
            ? new TableBatchAnswer([], index >= 0 || operations > 1 ? index : 0, parts[0].Status, error with { Message = message })
            : throw new InvalidDataException("it tells of an operation that the batch does not have");
    }

    private static void Collect(string? contentType, ReadOnlyMemory<byte> body, List<TableBatchPart> parts, int depth)
    {
        var boundary = Boundary(contentType) ?? throw new InvalidDataException("it has no boundary");
        foreach (var part in TableBatchPart.Split(body, boundary))
        {
            var (headers, content) = TableBatchPart.SplitHead(part);
            var type = headers.GetValueOrDefault("Content-Type");
            if (type?.StartsWith(Multipart, StringComparison.OrdinalIgnoreCase) != true)
            {
                parts.Add(TableBatchPart.Read(content));
            }
            else if (depth < DeepestPart)
            {
                Collect(type, content, parts, depth + 1);
            }
            else
            {
                throw new InvalidDataException("its parts are nested too deep");
            }
        }
    }

    private static byte[]? Boundary(string? contentType)
    {
        if (contentType?.StartsWith(Multipart, StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }

        foreach (var parameter in contentType.Split(';', StringSplitOptions.TrimEntries).Skip(1))
        {
            if (parameter.StartsWith("boundary=", StringComparison.OrdinalIgnoreCase) && parameter["boundary=".Length..].Trim('"') is { Length: > 0 } boundary)
            {
                return Encoding.UTF8.GetBytes(boundary);
            }
        }

        return null;
    }

    // The message of a failed operation begins with its place: "2:The specified resource does not exist."
    private static (int Index, string? Message) SplitMessage(string? message) =>
        message?.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && int.TryParse(message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? (index, message[(colon + 1)..])
            : (-1, message);
}
