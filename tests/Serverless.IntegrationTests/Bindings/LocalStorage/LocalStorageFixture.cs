using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.LocalStorage;

/// <summary>An app with a folder to keep files in, and another folder that it must never touch.</summary>
public sealed class LocalStorageFixture : IAsyncLifetime
{
    private AppProcess? _app;

    public AppProcess App => _app!;

    /// <summary>What surrounds the root.</summary>
    public TempFolder Folder { get; } = new();

    /// <summary>The binding's root; reached through a link.</summary>
    public string Root => Folder.At("real", "root");

    public async ValueTask InitializeAsync()
    {
        Folder.Write("outside/secret.txt", "outside");
        Directory.CreateDirectory(Folder.At("real"));
        Directory.CreateSymbolicLink(Folder.At("link"), Folder.At("real"));
        _app = await AppProcess.StartAsync(
            new AppSettings { Resources = new Dictionary<string, string> { ["files.yaml"] = Resources.Component("files", "bindings.localstorage", ("rootPath", Folder.At("link", "root"))) } },
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        Folder.Dispose();
    }
}
