namespace Serverless.WorkflowApp;

/// <summary>The input of <see cref="Growing"/>.</summary>
internal sealed record GrowingState(int Events, int Measured);
