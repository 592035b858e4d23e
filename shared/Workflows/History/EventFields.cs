using System.Runtime.InteropServices;
using System.Text.Json;

namespace Serverless.Components.Workflows.History;

/// <summary>The fields of one stored event.</summary>
internal ref struct EventFields(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> payloads)
{
    private string? _type;
    private DateTimeOffset? _at;
    private DateTimeOffset? _due;
    private int? _id;
    private int? _status;
    private string? _name;
    private string? _to;
    private string? _text;
    private string? _message;
    private string? _execution;
    private string? _custom;
    private ParentLink? _parent;
    private WorkflowFailure? _failure;
    private List<string>? _seen;
    private List<string>? _children;

    /// <summary>Reads an event from its first token to its last.</summary>
    public HistoryEvent ReadEvent(ref Utf8JsonReader reader)
    {
        ReadFields(ref reader);
        var at = Needed(_at);
        return Needed(_type) switch
        {
            EventTypes.Turn => new TurnStarted { Timestamp = at },
            EventTypes.Start => new ExecutionStarted(Needed(_execution), Needed(_name), _text)
            {
                Timestamp = at,
                Parent = _parent,
                ScheduledStart = _due,
                CustomStatus = _custom,
                SeenMessages = _seen is null ? [] : _seen,
                EarlierChildren = _children is null ? [] : _children,
            },
            EventTypes.Task => new TaskScheduled(Needed(_id), Needed(_name), _text) { Timestamp = at },
            EventTypes.TaskDone => new TaskCompleted(Needed(_id), _text) { Timestamp = at },
            EventTypes.TaskFailed => new TaskFailed(Needed(_id), Needed(_failure)) { Timestamp = at },
            EventTypes.Timer => new TimerCreated(Needed(_id), Needed(_due)) { Timestamp = at },
            EventTypes.TimerFired => new TimerFired(Needed(_id)) { Timestamp = at },
            EventTypes.Child => new ChildCreated(Needed(_id), Needed(_name), Needed(_to), _text) { Timestamp = at },
            EventTypes.ChildDone => new ChildCompleted(Needed(_id), _text) { Timestamp = at },
            EventTypes.ChildFailed => new ChildFailed(Needed(_id), Needed(_failure)) { Timestamp = at },
            EventTypes.Event => new EventRaised(Needed(_message), Needed(_name), _text) { Timestamp = at },
            EventTypes.EventSent => new EventSent(Needed(_id), Needed(_to), Needed(_name), _text) { Timestamp = at },
            EventTypes.Suspended => new ExecutionSuspended(_text) { Timestamp = at },
            EventTypes.Resumed => new ExecutionResumed(_text) { Timestamp = at },
            EventTypes.Terminated => new ExecutionTerminated(_text) { Timestamp = at, ParentId = _to },
            EventTypes.End => new ExecutionCompleted(StatusOf(Needed(_status)), _text, _failure) { Timestamp = at },
            _ => throw new WorkflowHistoryException("stored history holds an event of a type that this program does not know"),
        };
    }

    private void ReadFields(ref Utf8JsonReader reader)
    {
        HistoryCodec.Expect(reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("t"u8))
            {
                _type = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("at"u8))
            {
                _at = ReadTime(ref reader);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                _id = ReadNumber(ref reader);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                _name = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("to"u8))
            {
                _to = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                _text = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("due"u8))
            {
                _due = ReadTime(ref reader);
            }
            else if (reader.ValueTextEquals("msg"u8))
            {
                _message = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("exec"u8))
            {
                _execution = ReadText(ref reader);
            }
            else
            {
                ReadRareField(ref reader);
            }
        }

        HistoryCodec.Expect(reader.TokenType == JsonTokenType.EndObject);
    }

    private void ReadRareField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("as"u8))
        {
            _status = ReadNumber(ref reader);
        }
        else if (reader.ValueTextEquals("custom"u8))
        {
            _custom = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("failure"u8))
        {
            HistoryCodec.Expect(reader.Read());
            _failure = ReadFailure(ref reader);
        }
        else if (reader.ValueTextEquals("parent"u8))
        {
            HistoryCodec.Expect(reader.Read());
            var parent = new EventFields(payloads);
            parent.ReadFields(ref reader);
            _parent = new ParentLink(Needed(parent._to), Needed(parent._execution), Needed(parent._id));
        }
        else if (reader.ValueTextEquals("seen"u8))
        {
            _seen = ReadTexts(ref reader);
        }
        else
        {
            HistoryCodec.Expect(reader.ValueTextEquals("children"u8));
            _children = ReadTexts(ref reader);
        }
    }

    private readonly List<string> ReadTexts(ref Utf8JsonReader reader)
    {
        HistoryCodec.Expect(reader.Read() && reader.TokenType == JsonTokenType.StartArray);
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(TextHere(ref reader));
        }

        return texts;
    }

    private readonly WorkflowFailure ReadFailure(ref Utf8JsonReader reader)
    {
        HistoryCodec.Expect(reader.TokenType == JsonTokenType.StartObject);
        string? type = null, message = null, trace = null;
        WorkflowFailure? inner = null;
        var isFinal = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                message = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("trace"u8))
            {
                trace = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("final"u8))
            {
                HistoryCodec.Expect(reader.Read());
                isFinal = reader.GetBoolean();
            }
            else
            {
                HistoryCodec.Expect(reader.ValueTextEquals("failure"u8) && reader.Read());
                inner = ReadFailure(ref reader);
            }
        }

        HistoryCodec.Expect(reader.TokenType == JsonTokenType.EndObject);
        return new WorkflowFailure(Needed(type), Needed(message)) { StackTrace = trace, InnerFailure = inner, IsNonRetriable = isFinal };
    }

    private readonly string ReadText(ref Utf8JsonReader reader)
    {
        HistoryCodec.Expect(reader.Read());
        return TextHere(ref reader);
    }

    private readonly string TextHere(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString()!;
        }

        HistoryCodec.Expect(reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName);
        var how = reader.GetString();
        HistoryCodec.Expect(reader.Read() && reader.TokenType == JsonTokenType.String);
        var value = reader.GetString()!;
        HistoryCodec.Expect(reader.Read() && reader.TokenType == JsonTokenType.EndObject);
        return how switch
        {
            "p" => HistoryCodec.TextOf(Payload(value).Span),
            "q" => Utf16(Payload(value).Span),
            "u" => Utf16(Convert.FromBase64String(value)),
            _ => throw new WorkflowHistoryException("stored history is damaged"),
        };
    }

    private readonly ReadOnlyMemory<byte> Payload(string key) => payloads.TryGetValue(key, out var payload)
        ? payload
        : throw new WorkflowHistoryException($"stored history lacks the payload '{key}'");

    private static string Utf16(ReadOnlySpan<byte> bytes)
    {
        HistoryCodec.Expect(bytes.Length % 2 == 0);
        return new string(MemoryMarshal.Cast<byte, char>(bytes));
    }

    private static DateTimeOffset ReadTime(ref Utf8JsonReader reader)
    {
        HistoryCodec.Expect(reader.Read());
        return reader.GetDateTimeOffset();
    }

    private static int ReadNumber(ref Utf8JsonReader reader)
    {
        HistoryCodec.Expect(reader.Read());
        return reader.GetInt32();
    }

    private static WorkflowRuntimeStatus StatusOf(int number)
    {
        HistoryCodec.Expect(Enum.IsDefined((WorkflowRuntimeStatus)number));
        return (WorkflowRuntimeStatus)number;
    }

    private static T Needed<T>(T? value)
        where T : class => value ?? throw new WorkflowHistoryException("stored history lacks a field of an event");

    private static T Needed<T>(T? value)
        where T : struct => value ?? throw new WorkflowHistoryException("stored history lacks a field of an event");
}
