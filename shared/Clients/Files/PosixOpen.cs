using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Serverless.Components.Clients.Files;

/// <summary>Linux's <c>open</c> with the flags that .NET's own has no word for.</summary>
/// <remarks>open(2). The numbers are the kernel's; two of them differ on ARM.</remarks>
internal static partial class PosixOpen
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Interrupted = 4;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    private static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    private static int NoFollow => IsArm ? 0x8000 : 0x20000;

    /// <summary>Opens a directory for use as <c>/proc/self/fd/N</c>; an invalid handle and the error's number when that fails.</summary>
    public static SafeFileHandle Directory(string path, bool followsLink, out int error) => Open(path, DirectoryOnly | (followsLink ? 0 : NoFollow), out error);

    /// <summary>Opens whatever is there for reading, unless it is a link, and waits for no writer at a pipe.</summary>
    public static SafeFileHandle Read(string path, out int error) => Open(path, NoFollow | NonBlocking, out error);

    private static SafeFileHandle Open(string path, int flags, out int error)
    {
        SafeFileHandle handle;
        do
        {
            handle = new SafeFileHandle(NativeOpen(path, flags | CloseOnExec), ownsHandle: true);
            error = handle.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Interrupted);

        return handle;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int NativeOpen(string path, int flags);
}
