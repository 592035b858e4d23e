using System.Reflection;
using System.Runtime.InteropServices;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>Finds the operating system's SQLite.</summary>
internal static class SqliteLibrary
{
    /// <summary>The import name that <see cref="SqliteNative"/> uses.</summary>
    public const string Name = "sqlite3";

    /// <summary>The system's names for the library, the preferred one first.</summary>
    public static string[] SystemNames { get; } =
        OperatingSystem.IsWindows() ? ["winsqlite3", "sqlite3"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];

    /// <summary>Loads the first library that is there.</summary>
    /// <exception cref="DllNotFoundException">None is; the message says what to install.</exception>
    public static nint Load(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return library;
            }
        }

        throw new DllNotFoundException(
            $"SQLite library not found ({string.Join(", ", names!)}): install the package libsqlite3-0 (Debian, Ubuntu) or sqlite-libs (Alpine, Fedora)");
    }

    /// <summary>The resolver of <see cref="SqliteNative"/>.</summary>
    public static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == Name ? Load(SystemNames) : 0;
}
