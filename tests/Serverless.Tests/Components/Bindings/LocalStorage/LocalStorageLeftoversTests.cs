using Serverless.Backends.Processes;
using Serverless.Components.Bindings.LocalStorage;

namespace Serverless.Tests.Components.Bindings.LocalStorage;

public sealed class LocalStorageLeftoversTests
{
    private static readonly DateTime Old = TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromMinutes(61);

    [Fact]
    public void Remove_OldUnfinishedFiles_AreGoneAndNothingElse()
    {
        using var folder = new TempFolder();
        string[] ours = [At("root"), At("root/a/b")];
        string[] others =
        [
            Path.Combine(folder.Root, "root", LocalStorageLeftovers.NewName()), Age("root/.serverless-dapr-mine.unfinished"), Age("root/a/.serverless-dapr-.unfinished"), Age("root/file"),
            Age($"root/{LocalStorageLeftovers.NewName()}.txt"), Age($"root/{LocalStorageLeftovers.NewName()}/inside"), At("outside"),
        ];
        File.WriteAllText(others[0], "young");
        Directory.CreateSymbolicLink(folder.At("root", "link"), folder.At("outside"));
        var link = folder.At("root", LocalStorageLeftovers.NewName());
        File.CreateSymbolicLink(link, others[^1]);

        LocalStorageLeftovers.Remove(folder.At("root"), TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);

        Assert.All(ours, path => Assert.False(File.Exists(path), path));
        Assert.All(others.Append(link), path => Assert.True(File.Exists(path), path));

        string At(string name) => Age($"{name}/{LocalStorageLeftovers.NewName()}");

        string Age(string name)
        {
            var path = folder.Write(name, "x");
            File.SetLastWriteTimeUtc(path, Old);
            return path;
        }
    }

    [Fact]
    public void Remove_Cancelled_Stops()
    {
        using var folder = new TempFolder();
        folder.Write("file", "x");

        Assert.Throws<OperationCanceledException>(() => LocalStorageLeftovers.Remove(folder.Root, TimeProvider.System.GetUtcNow(), new CancellationToken(canceled: true)));
    }
}
