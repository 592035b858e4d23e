using System.Text.Json;

namespace Serverless.Components.Bindings;

/// <summary>The two readings of a request's data that components share.</summary>
public static class BindingData
{
    /// <summary>What absent data is.</summary>
    public static ReadOnlyMemory<byte> Null { get; } = "null"u8.ToArray();

    /// <summary>The text inside when the data is a JSON string, else the data as it is.</summary>
    /// <remarks>Dapr: components-contrib, strconv.Unquote of the data, which leaves what is no string alone.</remarks>
    public static ReadOnlyMemory<byte> Unquote(ReadOnlyMemory<byte> data)
    {
        if (data.Span is not [(byte)'"', .., (byte)'"'])
        {
            return data;
        }

        var reader = new Utf8JsonReader(data.Span);
        try
        {
            reader.Read();
            var text = new byte[data.Length];
            return text.AsMemory(0, reader.CopyString(text));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON string after all, or half of a surrogate pair.
            return data;
        }
    }
}
