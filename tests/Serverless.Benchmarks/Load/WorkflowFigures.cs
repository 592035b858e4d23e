namespace Serverless.Benchmarks.Load;

/// <summary>What a load of workflows came to.</summary>
/// <param name="PerSecond">Workflows per second, from the first start to the last end.</param>
/// <param name="Median">Milliseconds from a workflow's start to its end, p50.</param>
/// <param name="P95">The same, p95.</param>
internal sealed record WorkflowFigures(double PerSecond, double Median, double P95);
