namespace Serverless.IntegrationTests.Durability;

/// <summary>Looks into a data file with the <c>sqlite3</c> shell, beside the app.</summary>
internal static class SqliteShell
{
    public static async Task<string> QueryAsync(string file, string sql, CancellationToken cancellationToken)
    {
        await using var shell = ChildProcess.Start(
            "sqlite3", ["-batch", "-noheader", file, sql], new Dictionary<string, string>(), Path.GetDirectoryName(file)!);
        var exitCode = await shell.WaitForExitAsync(cancellationToken);
        Assert.True(exitCode == 0, shell.Output.Text);
        return shell.Output.Text;
    }
}
