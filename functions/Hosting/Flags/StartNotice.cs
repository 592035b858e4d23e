namespace Serverless.Functions.Hosting.Flags;

/// <summary>Something to log about the settings, once there is a log.</summary>
/// <param name="Level">How serious it is.</param>
/// <param name="Text">One line.</param>
internal sealed record StartNotice(LogLevel Level, string Text);
