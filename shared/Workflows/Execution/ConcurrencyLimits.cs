namespace Serverless.Components.Workflows.Execution;

/// <summary>How much may run at a time.</summary>
/// <param name="Total">Altogether; 0 or less for any number.</param>
/// <param name="ByName">By name; what is not in it has no limit of its own.</param>
internal readonly record struct ConcurrencyLimits(int Total, IReadOnlyDictionary<string, int> ByName);
