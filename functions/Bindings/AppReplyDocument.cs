using System.Text.Json;
using Serverless.Functions.Http;
using Serverless.Functions.State;

namespace Serverless.Functions.Bindings;

/// <summary>What the app asks for in its answer to an event.</summary>
/// <remarks>Dapr docs: reference/api/bindings_api, binding endpoints. daprd reads it from gRPC apps only, whatever its documentation says.</remarks>
internal sealed class AppReplyDocument
{
    /// <summary>Output bindings that get <see cref="Data"/>.</summary>
    public List<string> To { get; } = [];

    /// <summary>JSON text.</summary>
    public byte[] Data { get; private set; } = JsonText.Null;

    /// <summary>Whether <see cref="To"/> is served side by side.</summary>
    public bool IsParallel { get; private set; }

    /// <summary>The state store of <see cref="State"/>; empty for none.</summary>
    public string StoreName { get; private set; } = "";

    /// <summary>What is to be saved.</summary>
    public List<StateItem> State { get; private set; } = [];

    /// <summary>True when nothing is asked for.</summary>
    public bool IsEmpty => To.Count == 0 && (State.Count == 0 || StoreName.Length == 0);

    /// <summary>Reads an answer; null when it asks for nothing, because it is some other document of the app's.</summary>
    public static AppReplyDocument? Read(ReadOnlySpan<byte> body)
    {
        if (body.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return null;
        }

        try
        {
            var reply = ReadObject(body);
            return reply.IsEmpty ? null : reply;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static AppReplyDocument ReadObject(ReadOnlySpan<byte> body)
    {
        var reply = new AppReplyDocument();
        var input = new JsonInput(body);
        input.Begin();
        for (var any = input.BeginObject("the answer"); any && input.NextMember();)
        {
            if (input.IsNamed("to"u8))
            {
                input.ToValue();
                for (var several = input.BeginArray("to"); several && input.NextElement();)
                {
                    reply.To.Add(input.NullableString("to") ?? "");
                }
            }
            else if (input.IsNamed("data"u8))
            {
                input.ToValue();
                reply.Data = JsonText.Reserialize(input.Raw());
            }
            else if (input.IsNamed("concurrency"u8))
            {
                input.ToValue();
                reply.IsParallel = input.NullableString("concurrency") == "parallel";
            }
            else if (input.IsNamed("storename"u8))
            {
                input.ToValue();
                reply.StoreName = input.NullableString("storeName") ?? "";
            }
            else if (input.IsNamed("state"u8))
            {
                input.ToValue();
                reply.State = StateJson.ReadItems(input.Raw());
            }
            else
            {
                input.SkipMember();
            }
        }

        return reply;
    }
}
