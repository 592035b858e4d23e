using System.Buffers;
using System.Text.Json;
using Serverless.Components.Registry.Triggers;
using Serverless.Functions.Http;

namespace Serverless.Functions.Triggers;

/// <summary>The endpoints <c>POST /{functionName}</c> of generated functions.</summary>
/// <remarks>
/// The answer is always a JSON object: an empty one completes nothing, and the host would wait for its timeout, which kills the process.
/// </remarks>
internal sealed partial class TriggerEndpoints(ILogger logger)
{
    private static readonly byte[] Success = "{}"u8.ToArray();

    /// <summary>One endpoint per function.</summary>
    public HostEndpoints Create(IEnumerable<KeyValuePair<TriggerFunction, TriggerHandler>> handlers) => new(handlers
        .ToDictionary(static handler => $"/{handler.Key.Name}", handler => ApiOf(handler.Key, handler.Value), StringComparer.Ordinal));

    private Func<HttpContext, Task> ApiOf(TriggerFunction function, TriggerHandler handler) => http => AnswerAsync(http, function, handler);

    private async Task AnswerAsync(HttpContext http, TriggerFunction function, TriggerHandler handler)
    {
        var fault = await RunAsync(http, function, handler);
        if (fault is null)
        {
            await Reply.JsonAsync(http, StatusCodes.Status200OK, Success);
            return;
        }

        LogFailed(logger, function.Name, fault);
        await Reply.JsonAsync(http, StatusCodes.Status500InternalServerError, Problem(fault));
    }

    private static async Task<string?> RunAsync(HttpContext http, TriggerFunction function, TriggerHandler handler)
    {
        TriggerPayload payload;
        using (var body = await RequestBody.ReadAsync(http.Request, 0, http.RequestAborted))
        {
            if (body.Fault is not null)
            {
                return body.Fault;
            }

            try
            {
                payload = TriggerBody.Read(body.Bytes, function.BindingName);
            }
            catch (JsonException exception)
            {
                return $"the body is no trigger's payload: {exception.Message}";
            }
        }

        return await handler(payload, http.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Problem(string fault)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, GoJsonEncoder.WriterOptions);
        json.WriteStartObject();
        json.WriteString("error"u8, fault);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "function {Function}: {Fault}")]
    private static partial void LogFailed(ILogger logger, string function, string fault);
}
