using System.Runtime.InteropServices;

namespace Serverless.Backends.Processes;

/// <summary>Sends a signal that .NET's <see cref="System.Diagnostics.Process"/> cannot send.</summary>
public static partial class PosixSignal
{
    private const int Sigint = 2;
    private const int Sigkill = 9;
    private const int Sigterm = 15;
    private const int Sigcont = 18;
    private const int Sigstop = 19;

    /// <summary>SIGTERM: asks the process to end.</summary>
    public static void Terminate(int processId) => Send(processId, Sigterm);

    /// <summary>SIGINT: what Ctrl+C sends.</summary>
    public static void Interrupt(int processId) => Send(processId, Sigint);

    /// <summary>SIGKILL; false when the process is gone.</summary>
    public static bool TryKill(int processId) => Kill(processId, Sigkill) == 0;

    /// <summary>SIGSTOP; false when the process is gone.</summary>
    public static bool TryPause(int processId) => Kill(processId, Sigstop) == 0;

    /// <summary>SIGCONT; false when the process is gone.</summary>
    public static bool TryResume(int processId) => Kill(processId, Sigcont) == 0;

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
