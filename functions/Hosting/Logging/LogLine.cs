namespace Serverless.Functions.Hosting.Logging;

/// <summary>One line of the log.</summary>
/// <remarks>A class, because the collections of a struct would be compiled at each start.</remarks>
/// <param name="Time">When.</param>
/// <param name="Level">How serious.</param>
/// <param name="Scope">Which part of the process; null makes the message plain text without any format.</param>
/// <param name="Message">What.</param>
/// <param name="Error">The exception, or null.</param>
internal sealed record LogLine(DateTimeOffset Time, LogLevel Level, string? Scope, string Message, string? Error)
{
    /// <summary>Further fields, sorted by name; null for nearly every line.</summary>
    public KeyValuePair<string, object>[]? Fields { get; init; }
}
