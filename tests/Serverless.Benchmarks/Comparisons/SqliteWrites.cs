using System.Diagnostics;
using System.Globalization;
using System.Text;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>Durable writes over HTTP into the built-in store against the sqlite3 shell, both with WAL and synchronous=FULL.</summary>
internal static class SqliteWrites
{
    private const int ShellRows = 2000;

    public static async Task RunAsync(string app, int pairs)
    {
        using var server = ServerProcess.App(app);
        await server.WaitAsync("/v1.0/healthz");
        await WriteAsync(server, 1);
        var (one, many) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < pairs; pair++)
        {
            var shell = await ShellAsync();
            var single = await WriteAsync(server, 1);
            var sixtyFour = await WriteAsync(server, 64);
            one.Add(single / shell);
            many.Add(sixtyFour / shell);
            Console.WriteLine($"sqlite: shell {shell:N0}/s; HTTP, one writer {single:N0}/s, ratio {single / shell:0.00}; 64 callers {sixtyFour:N0}/s, ratio {sixtyFour / shell:0.00}");
        }

        Console.WriteLine($"sqlite: median ratio with one writer {Samples.Median(one):0.00} (target >= 1), with 64 callers {Samples.Median(many):0.00} (target >= 5)");
    }

    private static Task<double> WriteAsync(ServerProcess server, int callers) =>
        Wrk.RunAsync(server.Url + "/v1.0/state/statestore", callers, 3, "save.lua");

    private static async Task<double> ShellAsync()
    {
        var directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "runs", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var sql = new StringBuilder("PRAGMA journal_mode=WAL;\nPRAGMA synchronous=FULL;\nCREATE TABLE state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, is_binary BOOLEAN NOT NULL, etag TEXT NOT NULL, expiration_time TIMESTAMP DEFAULT NULL, update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);\n");
            for (var i = 0; i < ShellRows; i++)
            {
                sql.Append(CultureInfo.InvariantCulture, $"INSERT OR REPLACE INTO state (key, value, is_binary, etag, update_time, expiration_time) VALUES ('app||k0-{i % 100}', '{{\"n\":{i}}}', 0, '{Guid.NewGuid()}', CURRENT_TIMESTAMP, NULL);\n");
            }

            var start = new ProcessStartInfo("sqlite3", [Path.Combine(directory, "shell.db")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            var begin = Stopwatch.GetTimestamp();
            using var shell = Process.Start(start)!;
            await shell.StandardInput.WriteAsync(sql);
            shell.StandardInput.Close();
            await shell.StandardOutput.ReadToEndAsync();
            await shell.WaitForExitAsync();
            return ShellRows / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
