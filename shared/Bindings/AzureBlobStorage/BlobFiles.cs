namespace Serverless.Components.Bindings.AzureBlobStorage;

/// <summary>Local files that blobs are copied to and from: below one directory, or none at all.</summary>
/// <param name="root">The directory; null allows no file.</param>
internal sealed class BlobFiles(string? root)
{
    /// <summary>The file that a path means, inside the directory.</summary>
    /// <exception cref="BindingException">It lies elsewhere, or leads through a link.</exception>
    public string Resolve(string path)
    {
        if (root is null)
        {
            throw new BindingException("local files are not allowed: the component's metadata item 'filesRoot' names no directory for them");
        }

        var top = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var full = path.Contains('\0', StringComparison.Ordinal) ? "" : Path.GetFullPath(path, top);
        if (!full.StartsWith(top + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new BindingException($"the path '{path}' leads out of the directory of filesRoot");
        }

        for (var part = full; part.Length > top.Length; part = Path.GetDirectoryName(part)!)
        {
            if (new FileInfo(part).LinkTarget is not null)
            {
                throw new BindingException($"the path '{path}' leads through a link");
            }
        }

        return full;
    }

    /// <summary>Writes a whole file, with the directories above it; nobody sees half of it.</summary>
    public async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var full = Resolve(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var part = $"{full}.{Guid.NewGuid():N}.part";
        try
        {
            await File.WriteAllBytesAsync(part, content, cancellationToken);
            File.Move(part, full, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>Reads a whole file.</summary>
    public Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken) => File.ReadAllBytesAsync(Resolve(path), cancellationToken);
}
