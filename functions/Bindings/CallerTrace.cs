using Serverless.Functions.Http;

namespace Serverless.Functions.Bindings;

/// <summary>The caller's trace context, which a binding gets as request metadata.</summary>
/// <remarks>W3C Trace Context and W3C Baggage. Dapr writes its own span there; without tracing the caller's goes on unchanged.</remarks>
internal static class CallerTrace
{
    /// <summary>Adds what the headers hold; the error says that the baggage is none.</summary>
    public static DaprError? AddTo(Dictionary<string, string> metadata, IHeaderDictionary headers)
    {
        if (headers.TraceParent is [{ } parent] && TraceHeader.IsParent(parent))
        {
            metadata["traceparent"] = parent;
            if (headers.TraceState.ToString() is { Length: > 0 } state)
            {
                metadata["tracestate"] = state;
            }
        }

        if (headers.Baggage.ToString() is not { Length: > 0 } baggage)
        {
            return null;
        }

        if (TraceHeader.BaggageFault(baggage) is { } fault)
        {
            return DaprError.Malformed($"invalid baggage header: {fault}");
        }

        metadata["baggage"] = baggage;
        return null;
    }
}
