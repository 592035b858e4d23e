using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using InteropSignal = System.Runtime.InteropServices.PosixSignal;

namespace Serverless.Backends.Processes;

/// <summary>A process with a clean environment, its output captured, that never outlives its owner.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<ChildProcess, bool> Running = new();

    // A runner that is told to end disposes of nothing, and since .NET 10 a signal raises no ProcessExit.
    private static readonly PosixSignalRegistration[] Signals =
    [
        .. new[] { InteropSignal.SIGTERM, InteropSignal.SIGINT, InteropSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, _ => KillAll())),
    ];

    private readonly Process _process;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    private ChildProcess(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>What it wrote.</summary>
    public ProcessOutput Output { get; } = new();

    /// <summary>What it wrote to standard output.</summary>
    public ProcessOutput Printed { get; } = new();

    /// <summary>True once it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Resident memory in bytes, of the process itself.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{Id}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>Starts <paramref name="fileName"/>; <paramref name="environment"/> comes on top of the clean one, and <paramref name="input"/> is all it can read.</summary>
    public static ChildProcess Start(
        string fileName,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string workingDirectory,
        string input = "")
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in TestEnvironment.Clean.Concat(environment))
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) =>
        {
            child.Output.Add(line.Data);
            child.Printed.Add(line.Data);
        };
        child._process.ErrorDataReceived += (_, line) => child.Output.Add(line.Data);
        child._process.Start();
        Running[child] = true;
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        _ = child.FeedAsync(input);
        return child;
    }

    /// <summary>Waits for the end, output included, and returns the exit code (137 after SIGKILL).</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL, without waiting for the end.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGSTOP: the process hangs and its connections stay open.</summary>
    public void Pause() => PosixSignal.Pause(Id);

    /// <summary>SIGCONT: goes on after <see cref="Pause"/>.</summary>
    public void Resume() => PosixSignal.Resume(Id);

    /// <summary>SIGKILL; returns the exit code.</summary>
    public async Task<int> KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        return await WaitForExitAsync(cancellationToken);
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        PosixSignal.Terminate(Id);
        return await WaitForExitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Running.TryRemove(this, out _))
        {
            return;
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task FeedAsync(string input)
    {
        try
        {
            await using var writer = _process.StandardInput;
            await writer.WriteAsync(input);
        }
        catch (IOException)
        {
            // It ended without reading; its exit code tells why.
        }
    }

    private static void KillAll()
    {
        foreach (var child in Running.Keys)
        {
            try
            {
                child._process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // Its owner was faster.
            }
        }

        GC.KeepAlive(Signals);
    }
}
