using System.Diagnostics;

namespace Serverless.IntegrationTests.Durability;

/// <summary>Holds an exclusive SQLite lock on a file from another process, until disposed of.</summary>
internal sealed class ExclusiveLock : IAsyncDisposable
{
    private readonly Process _shell;

    private ExclusiveLock(Process shell) => _shell = shell;

    public static Task<ExclusiveLock> TakeAsync(string file, CancellationToken cancellationToken) =>
        RunAsync(file, "pragma locking_mode=exclusive; begin exclusive;", cancellationToken);

    /// <summary>Lets others that have the file open read on, but not write.</summary>
    public static Task<ExclusiveLock> BlockWritesAsync(string file, CancellationToken cancellationToken) => RunAsync(file, "begin exclusive;", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _shell.Kill();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private static async Task<ExclusiveLock> RunAsync(string file, string statements, CancellationToken cancellationToken)
    {
        var shell = Process.Start(new ProcessStartInfo("sqlite3", ["-batch", file])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        await shell.StandardInput.WriteLineAsync($"{statements} select 'held';".AsMemory(), cancellationToken);
        await shell.StandardInput.FlushAsync(cancellationToken);
        string? line;
        do
        {
            line = await shell.StandardOutput.ReadLineAsync(cancellationToken);
        }
        while (line is not (null or "held"));
        Assert.Equal("held", line);
        return new ExclusiveLock(shell);
    }
}
