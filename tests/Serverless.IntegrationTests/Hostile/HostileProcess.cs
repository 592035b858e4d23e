namespace Serverless.IntegrationTests.Hostile;

/// <summary>All hostile tests share one process and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class HostileProcess : ICollectionFixture<HostileTarget>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Hostile";
}
