using System.Diagnostics;
using Serverless.Components.Registry;
using Serverless.Components.State.Sqlite;

namespace Serverless.Tests.Components.State.Sqlite;

/// <summary>A directory of its own for database files, and the sqlite3 shell to look into them.</summary>
internal sealed class SqliteFolder : IDisposable
{
    public SqliteFolder() => Directory = System.IO.Directory.CreateTempSubdirectory("serverless-sqlite-").FullName;

    public string Directory { get; }

    public string File => Path.Combine(Directory, "state.db");

    public SqliteStateStore Store(TimeProvider time, params (string Name, string Value)[] items) => new(Context(time, items));

    public ComponentContext Context(TimeProvider time, params (string Name, string Value)[] items) => StateContexts.Create(
        "state.sqlite",
        time,
        items.Any(item => item.Name == "connectionString") ? items : [("connectionString", File), .. items]);

    /// <summary>Starts the shell on the file; it reads SQL from its input.</summary>
    public Process StartShell(string? file = null)
    {
        var start = new ProcessStartInfo("sqlite3", ["-bail", file ?? File])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Runs SQL in the shell.</summary>
    /// <returns>Its output without the last line break.</returns>
    public async Task<string> ShellAsync(string sql, string? file = null)
    {
        using var shell = StartShell(file);
        var output = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.StandardInput.WriteLineAsync(sql);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await error);
        return (await output).TrimEnd('\n');
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
