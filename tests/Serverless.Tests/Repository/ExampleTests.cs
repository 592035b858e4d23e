using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Backends.Processes;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Secrets;
using Serverless.Components.State;
using Serverless.Components.Workflows;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Repository;

/// <summary>The examples of the documents.</summary>
public sealed class ExampleTests
{
    private static readonly string Folder = Path.Combine(TestEnvironment.RepositoryRoot, "docs", "examples");

    public static TheoryData<string> Files() =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Example_EachComponent_CanBeBuilt(string file)
    {
        var catalog = new ComponentCatalog();
        BindingComponents.Register(catalog);
        StateComponents.Register(catalog);
        SecretComponents.Register(catalog);
        WorkflowComponents.Register(catalog);
        var parser = new ResourceParser(_ => null, NullLogger.Instance);

        foreach (var document in (await File.ReadAllTextAsync(Path.Combine(Folder, file), TestContext.Current.CancellationToken)).Split("\n---\n"))
        {
            var component = Assert.IsType<ComponentDefinition>(parser.Parse(document, file)!.Resource);
            await using var built = catalog.Find(component)(new ComponentContext
            {
                Name = component.Key.Name,
                Type = component.Type,
                Version = component.Version,
                Metadata = new ComponentMetadata(component.Key.Name, component.Metadata.Select(item => new MetadataValue(item.Name, item.Value ?? (item.Name == "connectionString" ? "UseDevelopmentStorage=true" : "a secret")))),
                Host = TestHost.Create(),
            });
        }
    }
}
