using Serverless.Backends.Processes;

namespace Serverless.Backends.PostgreSql;

/// <summary>Debian's PostgreSQL programs, which are not on the PATH and which refuse to run as root.</summary>
internal static class PostgreSqlInstallation
{
    private const string Versions = "/usr/lib/postgresql";
    private const string Account = "postgres";

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static TempFolder? _template;

    /// <summary>Starts a program of PostgreSQL, without root's rights.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string folder)
    {
        var path = Path.Combine(Programs(), program);
        return Environment.IsPrivilegedProcess
            ? Run("setpriv", [$"--reuid={Account}", $"--regid={Account}", "--clear-groups", "--", path, .. arguments], folder)
            : Run(path, arguments, folder);
    }

    /// <summary>Fills a folder with an empty cluster; the first one of the process is made, the others are copies.</summary>
    public static async Task CreateClusterAsync(string folder, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        try
        {
            _template ??= await CreateTemplateAsync(cancellationToken);
        }
        finally
        {
            Gate.Release();
        }

        await FinishAsync(Run("cp", ["-a", _template.At("cluster"), Path.Combine(folder, "cluster")], folder), cancellationToken);
    }

    /// <summary>Gives files to the account that PostgreSQL runs under.</summary>
    public static async Task GiveAsync(string path, CancellationToken cancellationToken)
    {
        if (Environment.IsPrivilegedProcess)
        {
            await FinishAsync(Run("chown", ["-R", Account, path], "/"), cancellationToken);
        }
    }

    private static async Task<TempFolder> CreateTemplateAsync(CancellationToken cancellationToken)
    {
        var template = new TempFolder();
        try
        {
            template.Write("password", PostgreSqlServer.Password);
            await GiveAsync(template.Root, cancellationToken);
            await FinishAsync(
                Start(
                    "initdb",
                    [
                        "-D", template.At("cluster"), "-U", PostgreSqlServer.User, "--pwfile", template.At("password"), "--auth=scram-sha-256",
                        "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions", "--wal-segsize=1",
                    ],
                    template.Root),
                cancellationToken);
            AppDomain.CurrentDomain.ProcessExit += (_, _) => template.Dispose();
            return template;
        }
        catch
        {
            template.Dispose();
            throw;
        }
    }

    private static async Task FinishAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        await using (process)
        {
            var exitCode = await process.WaitForExitAsync(cancellationToken);
            if (exitCode != 0)
            {
                throw new InvalidOperationException($"a step towards PostgreSQL ended with {exitCode}:\n{process.Output.Text}");
            }
        }
    }

    private static ChildProcess Run(string program, IEnumerable<string> arguments, string folder) =>
        ChildProcess.Start(program, arguments, new Dictionary<string, string> { ["LC_ALL"] = "C" }, folder);

    private static string Programs() => Directory.Exists(Versions)
        && Directory.GetDirectories(Versions).Where(version => File.Exists(Path.Combine(version, "bin", "postgres"))).Max(StringComparer.Ordinal) is { } newest
        ? Path.Combine(newest, "bin")
        : throw new InvalidOperationException("postgresql is not installed; tests/run installs it");
}
