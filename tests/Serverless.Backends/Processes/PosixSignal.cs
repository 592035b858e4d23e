using System.Runtime.InteropServices;

namespace Serverless.Backends.Processes;

/// <summary>Sends a signal that .NET's <see cref="System.Diagnostics.Process"/> cannot send.</summary>
public static partial class PosixSignal
{
    private const int Sigterm = 15;

    public static void Terminate(int processId)
    {
        if (Kill(processId, Sigterm) != 0)
        {
            throw new InvalidOperationException($"kill failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
