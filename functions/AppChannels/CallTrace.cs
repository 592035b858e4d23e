using System.Diagnostics;
using Serverless.Functions.Http;

namespace Serverless.Functions.AppChannels;

/// <summary>The trace headers of a call of the app.</summary>
/// <remarks>
/// W3C Trace Context, W3C Baggage. An event that carries a context goes on in its trace, under a span of its own; any other call begins a trace that
/// is not recorded, since nothing records here.
/// </remarks>
internal static class CallTrace
{
    private const string Parent = "traceparent";
    private const string State = "tracestate";
    private const string Baggage = "baggage";

    /// <summary>Whether the metadata item is part of a trace context, so that it is no header of its own.</summary>
    public static bool Owns(string name) =>
        name.Equals(Parent, StringComparison.OrdinalIgnoreCase) || name.Equals(State, StringComparison.OrdinalIgnoreCase) || name.Equals(Baggage, StringComparison.OrdinalIgnoreCase);

    /// <summary>Adds the headers; <paramref name="metadata"/> may hold the event's own context.</summary>
    public static void AddTo(List<KeyValuePair<string, string>> headers, IReadOnlyDictionary<string, string> metadata)
    {
        var span = ActivitySpanId.CreateRandom();
        var state = Find(metadata, State);
        if (ActivityContext.TryParse(Find(metadata, Parent), state, out var parent))
        {
            headers.Add(new(Parent, $"00-{parent.TraceId}-{span}-{(parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}"));
            if (state is { Length: > 0 })
            {
                headers.Add(new(State, HeaderText.ToValue(state)));
            }
        }
        else
        {
            headers.Add(new(Parent, $"00-{ActivityTraceId.CreateRandom()}-{span}-00"));
        }

        if (Find(metadata, Baggage) is { Length: > 0 } baggage && TraceHeader.BaggageFault(baggage) is null)
        {
            headers.Add(new(Baggage, baggage));
        }
    }

    private static string? Find(IReadOnlyDictionary<string, string> metadata, string name)
    {
        if (metadata.TryGetValue(name, out var value))
        {
            return value;
        }

        foreach (var (key, other) in metadata)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return other;
            }
        }

        return null;
    }
}
