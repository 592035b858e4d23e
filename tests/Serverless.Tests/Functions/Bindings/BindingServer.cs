using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Bindings;

/// <summary>Servers with a fake output binding called <c>out</c>.</summary>
internal static class BindingServer
{
    public static async Task<(ApiServer Server, FakeBinding Binding)> StartAsync(RuntimeOptions? options = null, params MetadataValue[] metadata)
    {
        var server = await ApiServer.StartAsync(options);
        var binding = new FakeBinding();
        Add(server, "out", binding, metadata);
        return (server, binding);
    }

    public static void Add(ApiServer server, string name, IComponent binding, params MetadataValue[] metadata) => server.Add(
        new ComponentDefinition { Key = new ResourceKey(ResourceKey.Component, name), Hash = "", Origin = "test", Type = "bindings.fake", Version = "v1" },
        Component(name, binding, metadata));

    public static BindingComponent Component(string name, IComponent binding, params MetadataValue[] metadata) => new(binding, new ComponentContext
    {
        Name = name,
        Type = "bindings.fake",
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
    });
}
