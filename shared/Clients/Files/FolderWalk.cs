namespace Serverless.Components.Clients.Files;

/// <summary>Goes through everything below a folder, in order, without following links.</summary>
internal static class FolderWalk
{
    /// <summary>Visits whatever is no folder, with the folder that holds it. What disappears meanwhile is left out.</summary>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public static void Run(HeldFolder folder, Action<HeldFolder, FileSystemInfo> visit)
    {
        // A trailing slash: the folder behind the descriptor, not the descriptor's own entry.
        var entries = new DirectoryInfo(folder.At("")).GetFileSystemInfos();
        Array.Sort(entries, static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        foreach (var entry in entries)
        {
            if (entry is not DirectoryInfo || entry.LinkTarget is not null)
            {
                visit(folder, entry);
            }
            else if (Open(folder, entry.Name) is { } child)
            {
                using (child)
                {
                    Run(child, visit);
                }
            }
        }
    }

    private static HeldFolder? Open(HeldFolder folder, string name)
    {
        try
        {
            return folder.OpenFolder(name);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
