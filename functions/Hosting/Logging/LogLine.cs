namespace Serverless.Functions.Hosting.Logging;

/// <summary>One line of the log.</summary>
/// <param name="Time">When.</param>
/// <param name="Level">How serious.</param>
/// <param name="Scope">Which part of the process; null makes the message plain text without any format.</param>
/// <param name="Message">What.</param>
/// <param name="Error">The exception, or null.</param>
internal readonly record struct LogLine(DateTimeOffset Time, LogLevel Level, string? Scope, string Message, string? Error);
