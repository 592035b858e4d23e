using System.Buffers;
using System.Text;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Writes a batch as the service reads it: MIME parts with requests in them, lines ended by CRLF, addresses absolute.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions.</remarks>
internal static class TableBatchWriter
{
    /// <summary>Writes the body.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="batch">The operations.</param>
    /// <param name="boundary">What parts the body; the answer has another.</param>
    /// <param name="target">An operation's method and absolute address.</param>
    public static void Write(IBufferWriter<byte> output, TableBatch batch, string boundary, Func<TableOperation, (string Method, string Address)> target)
    {
        var changes = $"changeset_{boundary}";
        Write(output, $"--{boundary}\r\nContent-Type: multipart/mixed; boundary={changes}\r\n\r\n");
        foreach (var operation in batch)
        {
            var (method, address) = target(operation);
            Write(output, $"--{changes}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
            Write(output, $"{method} {address} HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\n");
            Write(output, operation.Verb == TableVerb.Delete ? "" : "Content-Type: application/json\r\n");
            Write(output, operation.Verb == TableVerb.Insert ? "Prefer: return-no-content\r\n" : "");
            Write(output, operation.Condition is { } condition ? $"If-Match: {condition.IfMatch}\r\n\r\n" : "\r\n");
            if (operation.Verb != TableVerb.Delete)
            {
                TableEntityWriter.Write(output, operation.Key, operation.Properties);
            }

            Write(output, "\r\n");
        }

        Write(output, $"--{changes}--\r\n\r\n--{boundary}--\r\n");
    }

    private static void Write(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
