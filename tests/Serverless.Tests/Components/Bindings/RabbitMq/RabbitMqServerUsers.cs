namespace Serverless.Tests.Components.Bindings.RabbitMq;

/// <summary>One broker for the tests that need one, one after the other: some crash it.</summary>
[CollectionDefinition(Name)]
public sealed class RabbitMqServerUsers : ICollectionFixture<RabbitMqServerFixture>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Users of a RabbitMQ server";
}
