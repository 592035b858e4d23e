using System.Text;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Tests.Clients.Redis.Protocol;

/// <summary>Values as text that a test can compare: <c>+OK</c>, <c>-ERR x</c>, <c>:1</c>, <c>"abc"</c>, <c>null</c>, <c>[:1 "a"]</c>.</summary>
internal static class RespText
{
    /// <summary>Reads that many values.</summary>
    public static string Read(ReadOnlyMemory<byte> bytes, int values)
    {
        var reader = new RespReader(bytes);
        var text = new StringBuilder();
        for (var index = 0; index < values; index++)
        {
            text.Append(index > 0 ? " " : "");
            Read(ref reader, text);
        }

        Assert.True(reader.IsAtEnd);
        return text.ToString();
    }

    /// <summary>Bytes as one character each.</summary>
    public static string Latin(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);

    /// <summary>Characters as one byte each.</summary>
    public static byte[] Bytes(string latin) => Encoding.Latin1.GetBytes(latin);

    private static void Read(ref RespReader reader, StringBuilder text)
    {
        switch (reader.Kind)
        {
            case RespKind.SimpleString:
                text.Append('+').Append(reader.ReadText());
                break;
            case RespKind.Error:
                text.Append('-').Append(reader.ReadError());
                break;
            case RespKind.Integer:
                text.Append(':').Append(reader.ReadInteger());
                break;
            case RespKind.BulkString:
                text.Append(reader.ReadBulk() is { } bulk ? $"\"{Latin(bulk)}\"" : "null");
                break;
            default:
                ReadArray(ref reader, text);
                break;
        }
    }

    private static void ReadArray(ref RespReader reader, StringBuilder text)
    {
        var items = reader.ReadArray();
        if (items < 0)
        {
            text.Append("null[]");
            return;
        }

        text.Append('[');
        for (var index = 0; index < items; index++)
        {
            text.Append(index > 0 ? " " : "");
            Read(ref reader, text);
        }

        text.Append(']');
    }
}
