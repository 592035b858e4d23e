using Microsoft.Win32.SafeHandles;

namespace Serverless.Components.Clients.Files;

/// <summary>
/// A folder that is held open, so that what is done inside it happens there whatever becomes of its path. Its owner disposes it.
/// </summary>
/// <remarks>
/// On Linux everything below goes over <c>/proc/self/fd</c>, and no link is followed: a path that somebody exchanges meanwhile leads nowhere
/// else. Elsewhere links are looked for before each step, which somebody fast enough could get around.
/// </remarks>
internal sealed class HeldFolder : IDisposable
{
    private const int NotFound = 2;
    private const int NotDirectory = 20;
    private const int TooManyLinks = 40;
    private readonly SafeFileHandle? _handle;
    private readonly string _path;

    private HeldFolder(string name, string path, SafeFileHandle? handle)
    {
        Name = name;
        _path = path;
        _handle = handle;
    }

    /// <summary>The folder's path, for people.</summary>
    public string Name { get; }

    /// <summary>Opens the folder at a trusted path; links on the way are followed.</summary>
    /// <exception cref="IOException">There is none, or it can't be opened.</exception>
    public static HeldFolder OpenRoot(string path) => Open(path, path, followsLink: true);

    /// <summary>Opens a folder inside this one.</summary>
    /// <exception cref="IOException">It is no folder, or a link.</exception>
    /// <exception cref="DirectoryNotFoundException">There is nothing of that name.</exception>
    public HeldFolder OpenFolder(string name) => Open(Path.Combine(Name, name), At(name), followsLink: false);

    /// <summary>The path by which this process reaches a direct child. The child itself may be a link.</summary>
    public string At(string name) => Path.Combine(_path, name);

    /// <summary>Opens a regular file of this folder for reading.</summary>
    /// <exception cref="IOException">It is a link, a folder or something stranger, or can't be opened.</exception>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    public FileStream OpenFile(string name)
    {
        var stream = OperatingSystem.IsLinux() ? new FileStream(OpenLinuxFile(name), FileAccess.Read, bufferSize: 0) : OpenCheckedFile(name);
        if (stream.CanSeek)
        {
            return stream;
        }

        stream.Dispose();
        throw new IOException($"{Path.Combine(Name, name)} is not a regular file");
    }

    /// <summary>Makes names that were added or removed last through a power failure.</summary>
    public void FlushToDisk()
    {
        if (_handle is not null)
        {
            RandomAccess.FlushToDisk(_handle);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();

    private static HeldFolder Open(string name, string path, bool followsLink)
    {
        if (!OperatingSystem.IsLinux())
        {
            var folder = new DirectoryInfo(path);
            return !folder.Exists ? throw new DirectoryNotFoundException($"{name}: no such directory")
                : !followsLink && folder.LinkTarget is not null ? throw new IOException($"{name} is a symbolic link")
                : new HeldFolder(name, path, null);
        }

        var handle = PosixOpen.Directory(path, followsLink, out var error);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw Fault(name, error == NotDirectory && new FileInfo(path).LinkTarget is not null ? TooManyLinks : error);
        }

        return new HeldFolder(name, $"/proc/self/fd/{handle.DangerousGetHandle()}", handle);
    }

    private SafeFileHandle OpenLinuxFile(string name)
    {
        var handle = PosixOpen.Read(At(name), out var error);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        handle.Dispose();
        throw Fault(Path.Combine(Name, name), error);
    }

    private FileStream OpenCheckedFile(string name) => new FileInfo(At(name)).LinkTarget is null
        ? new FileStream(At(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
        : throw Fault(Path.Combine(Name, name), TooManyLinks);

    private static IOException Fault(string name, int error) => error switch
    {
        NotFound => new FileNotFoundException($"{name}: no such file or directory"),
        NotDirectory => new IOException($"{name} is not a directory"),
        TooManyLinks => new IOException($"{name} is a symbolic link"),
        _ => new IOException($"{name}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}"),
    };
}
