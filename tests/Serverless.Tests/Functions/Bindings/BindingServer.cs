using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Bindings;

/// <summary>Servers with a fake output binding called <c>out</c>.</summary>
internal static class BindingServer
{
    public const string Type = "bindings.fake";

    public static async Task<(ApiServer Server, FakeBinding Binding)> StartAsync(RuntimeOptions? options = null, params MetadataValue[] metadata)
    {
        var server = await ApiServer.StartAsync(options);
        var binding = new FakeBinding();
        Add(server, "out", binding, metadata);
        return (server, binding);
    }

    public static void Add(ApiServer server, string name, IComponent binding, params MetadataValue[] metadata) =>
        server.Add(FakeComponents.Definition(name, Type), Component(name, binding, metadata));

    public static BindingComponent Component(string name, IComponent binding, params MetadataValue[] metadata) =>
        new(binding, FakeComponents.Context(name, Type, metadata));
}
