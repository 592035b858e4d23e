using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.State;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.State;

/// <summary>Servers with a fake store called <c>store</c>.</summary>
internal static class StateServer
{
    public static async Task<(ApiServer Server, FakeStateStore Store)> StartAsync(RuntimeOptions? options = null, params MetadataValue[] metadata)
    {
        var server = await ApiServer.StartAsync(options);
        var store = new FakeStateStore();
        AddStore(server, "store", store, metadata);
        return (server, store);
    }

    public static void AddStore(ApiServer server, string name, IStateStore store, params MetadataValue[] metadata) =>
        server.Add(Definition(name), Component(name, store, metadata));

    public static StateStoreComponent Component(string name, IStateStore store, params MetadataValue[] metadata)
    {
        var context = new ComponentContext
        {
            Name = name,
            Type = "state.fake",
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
        return new StateStoreComponent(store, context);
    }

    public static ComponentDefinition Definition(string name) => new()
    {
        Key = new ResourceKey(ResourceKey.Component, name),
        Hash = "",
        Origin = "test",
        Type = "state.fake",
        Version = "v1",
    };
}
