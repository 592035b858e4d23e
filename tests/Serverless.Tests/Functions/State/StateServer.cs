using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.State;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.State;

/// <summary>Servers with a fake store called <c>store</c>.</summary>
internal static class StateServer
{
    private const string Type = "state.fake";

    public static async Task<(ApiServer Server, FakeStateStore Store)> StartAsync(RuntimeOptions? options = null, params MetadataValue[] metadata)
    {
        var server = await ApiServer.StartAsync(options);
        var store = new FakeStateStore();
        AddStore(server, "store", store, metadata);
        return (server, store);
    }

    public static void AddStore(ApiServer server, string name, IStateStore store, params MetadataValue[] metadata) =>
        server.Add(Definition(name), Component(name, store, metadata));

    public static StateStoreComponent Component(string name, IStateStore store, params MetadataValue[] metadata) =>
        new(store, FakeComponents.Context(name, Type, metadata));

    public static ComponentDefinition Definition(string name) => FakeComponents.Definition(name, Type);
}
