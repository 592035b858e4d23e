namespace Serverless.Functions.Samples;

/// <summary>What a monitor knows.</summary>
/// <param name="HealthyAfter">How many checks find the target ill.</param>
/// <param name="IntervalSeconds">The pause between two checks.</param>
/// <param name="Checks">How many there were.</param>
internal sealed record MonitorState(int HealthyAfter, double IntervalSeconds = 60, int Checks = 0);
