using System.Globalization;

namespace Serverless.Backends.Processes;

/// <summary>The TCP sockets a process listens on, from <c>/proc</c>.</summary>
public static class ListeningSockets
{
    private const string Listening = "0A";

    /// <summary>Local addresses in the kernel's notation: <c>0100007F:0DAC</c> is 127.0.0.1:3500.</summary>
    public static IReadOnlyList<string> Of(int processId)
    {
        var inodes = Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd")
            .Select(link => new FileInfo(link).LinkTarget)
            .Where(target => target is not null && target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target!["socket:[".Length..^1])
            .ToHashSet(StringComparer.Ordinal);
        return [.. new[] { "tcp", "tcp6" }
            .SelectMany(table => File.ReadLines($"/proc/{processId}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[3] == Listening && inodes.Contains(fields[9]))
            .Select(fields => fields[1])];
    }

    /// <summary>The kernel's notation of a port on 127.0.0.1.</summary>
    public static string Loopback(int port) => "0100007F:" + port.ToString("X4", CultureInfo.InvariantCulture);
}
