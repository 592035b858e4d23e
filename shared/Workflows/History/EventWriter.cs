using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Serverless.Components.Workflows.History;

/// <summary>Writes one event after the other as JSON, and puts aside texts that are too large.</summary>
internal sealed class EventWriter(string keyPrefix)
{
    /// <summary>What a chunk has around one event.</summary>
    private const int Frame = 32;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly List<(string Key, ReadOnlyMemory<byte> Payload)> _apart = [];
    private Utf8JsonWriter? _writer;
    private int _accepted;
    private int _mostInline;

    /// <summary>The event as JSON.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Bytes that the keys of its texts take.</summary>
    public int KeyBytes { get; private set; }

    /// <summary>Bytes of a chunk with this event alone.</summary>
    public int ChunkBytes => _buffer.WrittenCount + KeyBytes + Frame;

    /// <summary>Gives the texts of the event that are apart, and keeps their keys for them.</summary>
    public List<(string Key, ReadOnlyMemory<byte> Payload)> Accept()
    {
        List<(string, ReadOnlyMemory<byte>)> apart = [.. _apart];
        _accepted += apart.Count;
        _apart.Clear();
        return apart;
    }

    /// <summary>Writes an event in place of the one before.</summary>
    public void Write(HistoryEvent written, int mostInline)
    {
        _mostInline = mostInline;
        _apart.Clear();
        _buffer.ResetWrittenCount();
        KeyBytes = 0;
        _writer ??= new Utf8JsonWriter(_buffer, Options);
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteString("t"u8, EventTypes.NameOf(written));
        _writer.WriteString("at"u8, written.Timestamp.UtcDateTime);
        WriteFields(_writer, written);
        _writer.WriteEndObject();
        _writer.Flush();
    }

    private void WriteFields(Utf8JsonWriter writer, HistoryEvent written)
    {
        switch (written)
        {
            case ExecutionStarted e:
                WriteStart(writer, e);
                break;
            case TaskScheduled e:
                WriteAction(e.TaskId, e.Name, to: null, e.Input);
                break;
            case TaskCompleted e:
                WriteAction(e.TaskId, name: null, to: null, e.Output);
                break;
            case TaskFailed e:
                WriteAction(e.TaskId, name: null, to: null, text: null);
                WriteFailure(writer, e.Failure);
                break;
            case TimerCreated e:
                WriteAction(e.TaskId, name: null, to: null, text: null);
                writer.WriteString("due"u8, e.FireAt.UtcDateTime);
                break;
            case TimerFired e:
                WriteAction(e.TaskId, name: null, to: null, text: null);
                break;
            case ChildCreated e:
                WriteAction(e.TaskId, e.Name, e.InstanceId, e.Input);
                break;
            case ChildCompleted e:
                WriteAction(e.TaskId, name: null, to: null, e.Output);
                break;
            case ChildFailed e:
                WriteAction(e.TaskId, name: null, to: null, text: null);
                WriteFailure(writer, e.Failure);
                break;
            case EventSent e:
                WriteAction(e.TaskId, e.Name, e.InstanceId, e.Payload);
                break;
            case EventRaised e:
                WriteText("msg"u8, e.MessageId);
                WriteText("name"u8, e.Name);
                WriteText("text"u8, e.Payload);
                break;
            case ExecutionSuspended e:
                WriteText("text"u8, e.Reason);
                break;
            case ExecutionResumed e:
                WriteText("text"u8, e.Reason);
                break;
            case ExecutionTerminated e:
                WriteText("text"u8, e.Output);
                WriteText("to"u8, e.ParentId);
                break;
            case ExecutionCompleted e:
                writer.WriteNumber("as"u8, (int)e.Status);
                WriteText("text"u8, e.Output);
                if (e.Failure is not null)
                {
                    WriteFailure(writer, e.Failure);
                }

                break;
        }
    }

    private void WriteAction(int id, string? name, string? to, string? text)
    {
        _writer!.WriteNumber("id"u8, id);
        WriteText("name"u8, name);
        WriteText("to"u8, to);
        WriteText("text"u8, text);
    }

    private void WriteStart(Utf8JsonWriter writer, ExecutionStarted start)
    {
        WriteText("exec"u8, start.ExecutionId);
        WriteText("name"u8, start.Name);
        WriteText("text"u8, start.Input);
        WriteText("custom"u8, start.CustomStatus);
        if (start.ScheduledStart is { } due)
        {
            writer.WriteString("due"u8, due.UtcDateTime);
        }

        if (start.Parent is { } parent)
        {
            writer.WriteStartObject("parent"u8);
            WriteText("exec"u8, parent.ExecutionId);
            WriteAction(parent.TaskId, name: null, parent.InstanceId, text: null);
            writer.WriteEndObject();
        }

        WriteTexts(writer, "seen"u8, start.SeenMessages);
        WriteTexts(writer, "children"u8, start.EarlierChildren);
    }

    private void WriteTexts(Utf8JsonWriter writer, ReadOnlySpan<byte> property, IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
        {
            writer.WriteStartArray(property);
            foreach (var text in texts)
            {
                WriteValue(text);
            }

            writer.WriteEndArray();
        }
    }

    private void WriteFailure(Utf8JsonWriter writer, WorkflowFailure failure)
    {
        writer.WriteStartObject("failure"u8);
        WriteText("type"u8, failure.ErrorType);
        WriteText("message"u8, failure.ErrorMessage);
        WriteText("trace"u8, failure.StackTrace);
        if (failure.IsNonRetriable)
        {
            writer.WriteBoolean("final"u8, true);
        }

        if (failure.InnerFailure is { } inner)
        {
            WriteFailure(writer, inner);
        }

        writer.WriteEndObject();
    }

    private void WriteText(ReadOnlySpan<byte> property, string? text)
    {
        if (text is not null)
        {
            _writer!.WritePropertyName(property);
            WriteValue(text);
        }
    }

    private void WriteValue(string text)
    {
        var isUnicode = IsUnicode(text);
        var bytes = text.Length * 3 <= _mostInline ? 0 : isUnicode ? Encoding.UTF8.GetByteCount(text) : text.Length * 2;
        if (bytes > _mostInline)
        {
            var key = FormattableString.Invariant($"{keyPrefix}{_accepted + _apart.Count}");
            _apart.Add((key, isUnicode ? Encoding.UTF8.GetBytes(text) : MemoryMarshal.AsBytes(text.AsSpan()).ToArray()));
            KeyBytes += JsonEncodedText.Encode(key).EncodedUtf8Bytes.Length + 3;
            WriteObject(isUnicode ? "p"u8 : "q"u8, key);
        }
        else if (isUnicode)
        {
            _writer!.WriteStringValue(text);
        }
        else
        {
            WriteObject("u"u8, Convert.ToBase64String(MemoryMarshal.AsBytes(text.AsSpan())));
        }
    }

    private void WriteObject(ReadOnlySpan<byte> property, string value)
    {
        _writer!.WriteStartObject();
        _writer.WriteString(property, value);
        _writer.WriteEndObject();
    }

    /// <summary>False when the text holds half of a surrogate pair, which UTF-8 can't express.</summary>
    private static bool IsUnicode(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (!char.IsHighSurrogate(text[i]) || ++i == text.Length || !char.IsLowSurrogate(text[i])))
            {
                return false;
            }
        }

        return true;
    }
}
