using Serverless.Components.Bindings;
using Serverless.Functions.Http;

namespace Serverless.Functions.Bindings;

/// <summary>The body of a call, as the caller wrote it.</summary>
internal sealed class BindingBody
{
    public string Operation { get; private set; } = "";

    /// <summary>JSON text as Go writes it.</summary>
    public byte[] Data { get; private set; } = JsonText.Null;

    public Dictionary<string, string> Metadata { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Reads it; member names compare without case, and unknown ones are skipped.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no object, or a member has the wrong type.</exception>
    public static BindingBody Read(ReadOnlySpan<byte> body)
    {
        var input = new JsonInput(body);
        input.Begin();
        var read = new BindingBody();
        if (!input.BeginObject("the request"))
        {
            return read;
        }

        while (input.NextMember())
        {
            if (input.IsNamed("operation"u8))
            {
                input.ToValue();
                read.Operation = input.NullableString("operation") ?? read.Operation;
            }
            else if (input.IsNamed("data"u8))
            {
                input.ToValue();
                read.Data = JsonText.Reserialize(input.Raw());
            }
            else if (input.IsNamed("metadata"u8))
            {
                input.ToValue();
                read.Metadata = input.StringMap("metadata", read.Metadata) ?? new(StringComparer.Ordinal);
            }
            else
            {
                input.SkipMember();
            }
        }

        return read;
    }

    public BindingRequest ToRequest() => new() { Operation = Operation, Data = Data, Metadata = Metadata };
}
