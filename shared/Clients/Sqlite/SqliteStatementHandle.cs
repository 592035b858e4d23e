using System.Runtime.InteropServices;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>A <c>sqlite3_stmt*</c>.</summary>
internal sealed class SqliteStatementHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        // Its result repeats the last step's error, which was reported then.
        SqliteNative.FinalizeStatement(handle);
        return true;
    }
}
