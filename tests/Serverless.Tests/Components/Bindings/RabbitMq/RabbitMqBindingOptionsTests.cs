using Serverless.Components.Bindings.RabbitMq;
using Serverless.Components.Registry;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Bindings.RabbitMq;

public sealed class RabbitMqBindingOptionsTests
{
    [Fact]
    public void Read_Least_HasDaprsDefaults()
    {
        var options = Read(("host", "amqps://u:p@broker"), ("queueName", "q"));

        Assert.Equal((false, false, false, 64), (options.Queue.IsDurable, options.Queue.IsExclusive, options.Queue.IsAutoDeleted, options.Prefetch));
        Assert.Equal((TimeSpan.FromSeconds(5), "q at broker:5671", 0), (options.ReconnectWait, options.Queue.ToString(), options.Queue.Arguments.Count));
        var factory = options.Queue.CreateFactory();
        Assert.Equal(("u", "p", "/", true, "broker"), (factory.UserName, factory.Password, factory.VirtualHost, factory.Ssl.Enabled, factory.Ssl.ServerName));
        Assert.False(factory.AutomaticRecoveryEnabled);
    }

    [Fact]
    public void Read_Everything_IsTaken()
    {
        var options = Read(
            ("HOST", "amqp://broker:1234/orders"), ("queueName", "q"), ("durable", "true"), ("exclusive", "1"), ("deleteWhenUnused", "yes"), ("prefetchCount", "7"),
            ("maxPriority", "300"), ("ttlInSeconds", "2"), ("reconnectWaitInSeconds", "9"), ("saslExternal", "true"));

        Assert.Equal((true, true, true, 7), (options.Queue.IsDurable, options.Queue.IsExclusive, options.Queue.IsAutoDeleted, options.Prefetch));
        Assert.Equal((255, 2000L), (options.Queue.Arguments["x-max-priority"], options.Queue.Arguments["x-message-ttl"]));
        Assert.Equal((TimeSpan.FromSeconds(9), "orders"), (options.ReconnectWait, options.Queue.CreateFactory().VirtualHost));
        Assert.Equal("EXTERNAL", Assert.Single(options.Queue.CreateFactory().AuthMechanisms).Name);
    }

    [Fact]
    public void Read_NoWait_IsAShortOne() =>
        Assert.Equal(TimeSpan.FromMilliseconds(100), Read(("host", "amqp://broker"), ("queueName", "q"), ("reconnectWaitInSeconds", "0")).ReconnectWait);

    [Fact]
    public void Read_Faults_AreToldTogetherWithoutValues()
    {
        var fault = Assert.Throws<ComponentException>(() => Read(
            ("host", "amqp://u:s3cret@broker/a/b"), ("prefetchCount", "70000"), ("caCert", "s3cret"), ("clientCert", "s3cret"), ("ttl", "x")));

        Assert.All(["host", "queueName", "prefetchCount", "caCert", "clientKey", "ttl"], item => Assert.Contains($"metadata '{item}'", fault.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", fault.Message, StringComparison.Ordinal);
    }

    private static RabbitMqBindingOptions Read(params (string Name, string Value)[] items) =>
        RabbitMqBindingOptions.Read(StateContexts.Create("bindings.rabbitmq", TimeProvider.System, items));
}
