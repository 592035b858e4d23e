using System.Runtime.InteropServices;

namespace Serverless.Backends.Processes;

/// <summary>Sends a signal that .NET's <see cref="System.Diagnostics.Process"/> cannot send.</summary>
public static partial class PosixSignal
{
    private const int Sigterm = 15;
    private const int Sigcont = 18;
    private const int Sigstop = 19;

    /// <summary>SIGTERM: asks the process to end.</summary>
    public static void Terminate(int processId) => Send(processId, Sigterm);

    /// <summary>SIGSTOP: the process hangs, its connections stay open.</summary>
    public static void Pause(int processId) => Send(processId, Sigstop);

    /// <summary>SIGCONT: the process goes on.</summary>
    public static void Resume(int processId) => Send(processId, Sigcont);

    private static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
        {
            throw new InvalidOperationException($"kill failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
