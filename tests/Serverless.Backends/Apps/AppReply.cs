using System.Text;

namespace Serverless.Backends.Apps;

/// <summary>What an app answers.</summary>
public sealed record AppReply(int Status)
{
    /// <summary>200 without a body.</summary>
    public static AppReply Ok { get; } = new(200);

    /// <summary>The body; empty for none.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>The body's type.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>True to break the connection off instead of answering.</summary>
    public bool IsReset { get; init; }

    /// <summary>An answer with JSON.</summary>
    public static AppReply Json(string json, int status = 200) => new(status) { Body = Encoding.UTF8.GetBytes(json) };
}
