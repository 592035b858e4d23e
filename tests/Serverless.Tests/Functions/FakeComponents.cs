using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;

namespace Serverless.Tests.Functions;

/// <summary>What the registry knows of a component that a test has made itself.</summary>
internal static class FakeComponents
{
    public static ComponentDefinition Definition(string name, string type) =>
        new() { Key = new ResourceKey(ResourceKey.Component, name), Hash = "", Origin = "test", Type = type, Version = "v1" };

    public static ComponentContext Context(string name, string type, params MetadataValue[] metadata) => new()
    {
        Name = name,
        Type = type,
        Version = "v1",
        Metadata = new ComponentMetadata(name, metadata),
        Host = new ComponentHost
        {
            AppId = "app",
            DataDirectory = "",
            Environment = _ => null,
            EnvironmentVariables = () => [],
            LoggerFactory = NullLoggerFactory.Instance,
        },
    };
}
