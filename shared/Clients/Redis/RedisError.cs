namespace Serverless.Components.Clients.Redis;

/// <summary>An error reply.</summary>
/// <param name="Code">Its code, for example <c>MOVED</c>; of an error that a script ran into, the inner one.</param>
/// <param name="Text">The whole text.</param>
internal readonly record struct RedisError(string Code, string Text)
{
    /// <summary>True when the server has not executed the command and may do so later.</summary>
    public bool IsTemporary => Code is "LOADING" or "BUSY" or "TRYAGAIN" or "CLUSTERDOWN" or "MASTERDOWN" or "READONLY";

    /// <summary>Finds the code.</summary>
    public static RedisError Parse(string text)
    {
        // Servers before 7 wrap what a script ran into: "ERR Error running script (…): @user_script:1: -READONLY You can't …".
        var start = text.StartsWith("ERR Error running script", StringComparison.Ordinal) ? text.IndexOf(": -", StringComparison.Ordinal) : -1;
        var inner = start < 0 ? text : text[(start + 3)..];
        var end = inner.IndexOf(' ', StringComparison.Ordinal);
        return new RedisError(end < 0 ? inner : inner[..end], text);
    }
}
