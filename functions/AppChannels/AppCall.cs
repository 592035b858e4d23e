namespace Serverless.Functions.AppChannels;

/// <summary>A call of the app.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path below the app's base address, without a leading slash.</param>
internal sealed record AppCall(HttpMethod Method, string Path)
{
    /// <summary>The body's type; null for a call without one.</summary>
    public string? ContentType { get; init; } = "application/json";

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Further headers, fit to be sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>How long the call may take once it is sent, its answer included.</summary>
    public TimeSpan TimeLimit { get; init; } = AppChannel.CallLimit;

    /// <summary>True when only the status is asked for.</summary>
    public bool IgnoresBody { get; init; }

    /// <summary>True for a call that <c>--app-max-concurrency</c> does not hold up.</summary>
    public bool IsProbe { get; init; }
}
