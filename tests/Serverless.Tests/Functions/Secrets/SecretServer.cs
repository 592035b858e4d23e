using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Resources;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Secrets;

/// <summary>Servers with a fake secret store called <c>vault</c>.</summary>
internal static class SecretServer
{
    public static async Task<(ApiServer Server, FakeSecretStore Store)> StartAsync(RuntimeOptions? options = null, ILoggerFactory? loggers = null)
    {
        var server = await ApiServer.StartAsync(options, loggers);
        var store = new FakeSecretStore();
        server.Add(FakeComponents.Definition("vault", "secretstores.fake"), store);
        return (server, store);
    }

    public static void Limit(this ApiServer server, params SecretScope[] scopes) =>
        server.Configure(ApiServer.Configuration() with { SecretScopes = scopes });
}
