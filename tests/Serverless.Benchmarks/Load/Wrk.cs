using System.Diagnostics;
using System.Globalization;

namespace Serverless.Benchmarks.Load;

/// <summary>Throughput as measured by wrk from a process of its own.</summary>
internal static class Wrk
{
    /// <summary>Requests per second over some seconds at that many connections; GET unless a script, with its arguments, says otherwise.</summary>
    public static async Task<double> RunAsync(string url, int connections, int seconds, string? script = null, params string[] scriptArguments)
    {
        string[] arguments = ["-t1", $"-c{connections}", $"-d{seconds}s", .. script is null ? Array.Empty<string>() : ["-s", Path.Combine(AppContext.BaseDirectory, "Load", script)], url, .. scriptArguments.Length == 0 ? [] : scriptArguments.Prepend("--")];
        var start = new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true };
        using var wrk = Process.Start(start)!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(output);
        }

        var line = output.Split('\n').First(text => text.StartsWith("Requests/sec:", StringComparison.Ordinal));
        return double.Parse(line.Split(':')[1].Trim(), CultureInfo.InvariantCulture);
    }
}
