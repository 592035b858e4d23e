using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Durability;

/// <summary>A data file that cannot be used stops the start and is left as it is.</summary>
public sealed class DamagedFileTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FileOfAnotherKind_IsRefusedAndUntouched()
    {
        using var folder = await WithDataAsync();
        var file = DataFile(folder);
        var random = new byte[32 << 10];
        new Random(20261120).NextBytes(random);
        await File.WriteAllBytesAsync(file, random, Token);

        await RefusedAsync(folder, file);
    }

    [Fact]
    public async Task DamagedHeader_IsRefusedAndUntouched()
    {
        using var folder = await WithDataAsync();
        var file = DataFile(folder);
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes.AsSpan(0, 100).Fill(0xFF);
        await File.WriteAllBytesAsync(file, bytes, Token);

        await RefusedAsync(folder, file);
    }

    [Fact]
    public async Task FileLockedByAnother_IsRefusedAndUntouched()
    {
        using var folder = await WithDataAsync();
        var file = DataFile(folder);
        await using var holder = await ExclusiveLock.TakeAsync(file, Token);

        await RefusedAsync(folder, file);
    }

    [Fact]
    public async Task DataFolderThatIsAFile_IsAClearError()
    {
        using var folder = new TempFolder();
        var file = folder.Write("data", "not a folder");

        await RefusedAsync(folder, file, "data");
    }

    private static string DataFile(TempFolder folder) => Assert.Single(
        Directory.EnumerateFiles(folder.At("data"), "*", SearchOption.AllDirectories),
        path => !path.EndsWith("-wal", StringComparison.Ordinal) && !path.EndsWith("-shm", StringComparison.Ordinal) && IsDatabase(path));

    private static bool IsDatabase(string path)
    {
        var head = new byte[16];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.AsSpan().StartsWith("SQLite format 3"u8);
    }

    // Ended by SIGTERM, so that everything is in the one file.
    private static async Task<TempFolder> WithDataAsync()
    {
        var folder = new TempFolder();
        await using var app = await AppProcess.StartAsync(new AppSettings { Folder = folder }, Token);
        await WireCheck.SendAllAsync(app.Port, WireStep.Save("1"));
        await app.Process.TerminateAsync(Token);
        return folder;
    }

    private static async Task RefusedAsync(TempFolder folder, string file, string? named = null)
    {
        var before = await File.ReadAllBytesAsync(file, Token);
        await using var app = await AppProcess.LaunchAsync(new AppSettings { Folder = folder });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Limit);

        var exitCode = await app.Process.WaitForExitAsync(limit.Token);

        Assert.NotEqual(0, exitCode);
        Assert.True(app.Output.HasLine(named ?? Path.GetFileName(file)), app.Output.Text);
        Assert.DoesNotContain("Unhandled exception", app.Output.Text, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(file, Token));
    }
}
