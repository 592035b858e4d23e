namespace Serverless.IntegrationTests.Wire;

/// <summary>One row of the specification: requests in order, each with its promised answer.</summary>
internal sealed record WireCase(string Name, params WireStep[] Steps)
{
    /// <summary>Where the row holds.</summary>
    public WireTargets Targets { get; init; } = WireTargets.All;

    public WireCase On(WireTargets targets) => this with { Targets = targets };
}
