using System.Runtime.InteropServices;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>A <c>sqlite3*</c>.</summary>
internal sealed class SqliteConnectionHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => SqliteNative.Close(handle) == SqliteCode.Ok;
}
