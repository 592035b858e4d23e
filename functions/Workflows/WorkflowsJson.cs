using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Instances;
using Serverless.Functions.Http;

namespace Serverless.Functions.Workflows;

/// <summary>The JSON of the workflow API: protobuf's, so that empty members are left out and maps are in name order.</summary>
internal static class WorkflowsJson
{
    public static ReadOnlyMemory<byte> EmptyObject { get; } = "{}"u8.ToArray();

    public static ReadOnlyMemory<byte> InstanceId(string id) => Write(json => json.WriteString("instanceID"u8, id));

    public static ReadOnlyMemory<byte> State(WorkflowState state) => Write(json =>
    {
        WriteHead(json, state);
        WriteProperties(json, state);
    });

    public static ReadOnlyMemory<byte> List(WorkflowList list) => Write(json =>
    {
        json.WriteStartArray("instances"u8);
        foreach (var state in list.Instances)
        {
            json.WriteStartObject();
            WriteHead(json, state);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteText(json, "continuationToken", list.Continuation);
    });

    public static ReadOnlyMemory<byte> History(IReadOnlyList<WorkflowHistoryEntry> events) => Write(json =>
    {
        json.WriteStartArray("events"u8);
        foreach (var entry in events)
        {
            json.WriteStartObject();
            WriteEntry(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>In UTC with 0, 3, 6 or 9 digits after the second, as protobuf writes times.</summary>
    public static string Timestamp(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        var fraction = utc.Ticks % TimeSpan.TicksPerSecond;
        var format = fraction == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'"
            : fraction % TimeSpan.TicksPerMillisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"
            : fraction % TimeSpan.TicksPerMicrosecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"
            : "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'";
        return utc.ToString(format, CultureInfo.InvariantCulture);
    }

    private static void WriteHead(Utf8JsonWriter json, WorkflowState state)
    {
        WriteText(json, "instanceID", state.InstanceId);
        WriteText(json, "workflowName", state.Name);
        json.WriteString("createdAt"u8, Timestamp(state.CreatedAt));
        json.WriteString("lastUpdatedAt"u8, Timestamp(state.LastUpdatedAt));
        json.WriteString("runtimeStatus"u8, WorkflowWords.Of(state.Status));
    }

    private static void WriteProperties(Utf8JsonWriter json, WorkflowState state)
    {
        if (state is { CustomStatus: null, Failure: null, Input: null, Output: null })
        {
            return;
        }

        json.WriteStartObject("properties"u8);
        WriteProperty(json, "dapr.workflow.custom_status", state.CustomStatus);
        if (state.Failure is { } failure)
        {
            WriteProperty(json, "dapr.workflow.failure.error_message", failure.ErrorMessage);
            WriteProperty(json, "dapr.workflow.failure.error_type", failure.ErrorType);
            WriteProperty(json, "dapr.workflow.failure.stack_trace", failure.StackTrace);
        }

        WriteProperty(json, "dapr.workflow.input", state.Input);
        WriteProperty(json, "dapr.workflow.output", state.Failure is null ? state.Output : null);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, WorkflowHistoryEntry entry)
    {
        json.WriteString("type"u8, entry.Type);
        json.WriteString("timestamp"u8, Timestamp(entry.Timestamp));
        WriteNumber(json, "eventID", entry.EventId);
        WriteNumber(json, "taskID", entry.TaskId);
        WriteText(json, "name", entry.Name);
        WriteText(json, "instanceID", entry.InstanceId);
        WriteProperty(json, "data", entry.Text);
        if (entry.FireAt is { } fireAt)
        {
            json.WriteString("fireAt"u8, Timestamp(fireAt));
        }

        WriteFailure(json, "failure", entry.Failure);
    }

    private static void WriteFailure(Utf8JsonWriter json, string name, WorkflowFailure? failure)
    {
        if (failure is null)
        {
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("errorType"u8, failure.ErrorType);
        json.WriteString("errorMessage"u8, failure.ErrorMessage);
        WriteText(json, "stackTrace", failure.StackTrace);
        WriteFailure(json, "innerFailure", failure.InnerFailure);
        if (failure.IsNonRetriable)
        {
            json.WriteBoolean("isNonRetriable"u8, true);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is { Length: > 0 })
        {
            json.WriteString(name, value);
        }
    }

    // A value that is there is shown although it is empty.
    private static void WriteProperty(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, GoJsonEncoder.WriterOptions);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
