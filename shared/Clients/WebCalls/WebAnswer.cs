namespace Serverless.Components.Clients.WebCalls;

/// <summary>What a server answered.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Reason">The words after it; may be empty.</param>
/// <param name="Headers">By name without case; the values of one name are joined by a comma and a space.</param>
/// <param name="Body">The whole body.</param>
internal sealed record WebAnswer(int Status, string Reason, Dictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>True for 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Code and words, as in <c>404 Not Found</c>.</summary>
    public string StatusLine => $"{Status} {Reason}";
}
