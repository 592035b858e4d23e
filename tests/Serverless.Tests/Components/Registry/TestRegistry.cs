using Serverless.Components.Registry;
using Serverless.Components.Secrets;

namespace Serverless.Tests.Components.Registry;

/// <summary>Registries that a test fills by hand.</summary>
internal static class TestRegistry
{
    public static ComponentRegistry CreateEmpty() => new(new RegistryOptions
    {
        Catalog = new ComponentCatalog(),
        Host = TestHost.Create(),
        Secrets = SecretComponents.LookUpAsync,
        Sources = [],
    });
}
