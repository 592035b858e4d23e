namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>One broker for the tests that need one, since it takes long to start.</summary>
[CollectionDefinition(Name)]
public sealed class RabbitMqServerUsers : ICollectionFixture<RabbitMqBindingFixture>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Users of a RabbitMQ server";
}
