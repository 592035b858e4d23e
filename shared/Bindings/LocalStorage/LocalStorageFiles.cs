using Serverless.Components.Clients.Files;

namespace Serverless.Components.Bindings.LocalStorage;

/// <summary>The files below a root. No link below it is followed, and a write is on disk when it returns.</summary>
internal sealed class LocalStorageFiles(string root)
{
    /// <summary>A path for people.</summary>
    public string PathOf(IEnumerable<string> segments) => Path.Combine([root, .. segments]);

    /// <summary>Writes a file in whole: a reader sees the old content or the new.</summary>
    public void Write(IReadOnlyList<string> segments, ReadOnlyMemory<byte> data)
    {
        if (LocalStorageLeftovers.IsName(segments[^1]))
        {
            throw new IOException("the name is kept for unfinished files");
        }

        using var folder = Open(segments.SkipLast(1), creates: true);
        var target = folder.At(segments[^1]);
        if (Directory.Exists(target) && new FileInfo(target).LinkTarget is null)
        {
            throw new IOException($"{PathOf(segments)} is a directory");
        }

        if (new FileInfo(target).LinkTarget is not null)
        {
            throw new IOException($"{PathOf(segments)} is a symbolic link");
        }

        var unfinished = folder.At(LocalStorageLeftovers.NewName());
        try
        {
            using (var file = File.OpenHandle(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.Read))
            {
                RandomAccess.Write(file, data.Span, 0);
                RandomAccess.FlushToDisk(file);
            }

            // A link that took the name meanwhile is replaced, not followed.
            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }

        folder.FlushToDisk();
    }

    /// <summary>Reads a file.</summary>
    public byte[] Read(IReadOnlyList<string> segments)
    {
        using var folder = Open(segments.SkipLast(1), creates: false);
        using var file = folder.OpenFile(segments[^1]);
        if (file.Length > Array.MaxLength)
        {
            throw new IOException($"{PathOf(segments)} is too large");
        }

        using var content = new MemoryStream((int)file.Length);
        file.CopyTo(content);
        return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
    }

    /// <summary>Removes a file, a link itself, or an empty folder; false when there is none.</summary>
    public bool Delete(IReadOnlyList<string> segments)
    {
        using var folder = Open(segments.SkipLast(1), creates: false);
        var target = new FileInfo(folder.At(segments[^1]));
        if (target.LinkTarget is null && Directory.Exists(target.FullName))
        {
            Directory.Delete(target.FullName);
        }
        else if (target.Exists || target.LinkTarget is not null)
        {
            target.Delete();
        }
        else
        {
            return false;
        }

        folder.FlushToDisk();
        return true;
    }

    /// <summary>Paths of everything below that is no folder, in order; links are listed and not followed.</summary>
    public List<string> List(IReadOnlyList<string> segments)
    {
        using var folder = Open(segments, creates: false);
        var paths = new List<string>();
        FolderWalk.Run(folder, (parent, entry) =>
        {
            if (!LocalStorageLeftovers.IsName(entry.Name))
            {
                paths.Add(Path.Combine(parent.Name, entry.Name));
            }
        });
        return paths;
    }

    private HeldFolder Open(IEnumerable<string> segments, bool creates)
    {
        var folder = HeldFolder.OpenRoot(root);
        try
        {
            foreach (var segment in segments)
            {
                if (creates && !Directory.Exists(folder.At(segment)))
                {
                    Directory.CreateDirectory(folder.At(segment));
                    folder.FlushToDisk();
                }

                var next = folder.OpenFolder(segment);
                folder.Dispose();
                folder = next;
            }

            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }
}
