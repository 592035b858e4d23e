using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.LocalStorage;

/// <summary>Resolves and checks <c>rootPath</c>.</summary>
/// <remarks>
/// Dapr: components-contrib, localstorage. Unlike there <c>/run/secrets</c>, to which <c>/var/run/secrets</c> leads, is refused too, and so is
/// what holds one of them, such as <c>/</c>, because a name would lead there.
/// </remarks>
internal static class LocalStorageRoot
{
    private const string Item = "metadata 'rootPath'";
    private static readonly string[] Refused = ["/proc", "/sys", "/boot", "/dev", "/var/run/secrets", "/run/secrets"];

    /// <summary>The folder's path without links; made when it is not there.</summary>
    /// <exception cref="ComponentException">It is no folder, a system's, or can't be made.</exception>
    public static string Prepare(string rootPath, string component)
    {
        try
        {
            var path = Resolve(Path.GetFullPath(rootPath));
            if (Refused.Any(refused => IsWithin(path, refused) || IsWithin(Resolve(refused), path)))
            {
                throw new ComponentException($"component '{component}': {Item}: property rootPath points to a disallowed location");
            }

            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ComponentException($"component '{component}': {Item}: {fault.Message}", fault);
        }
    }

    private static bool IsWithin(string path, string folder) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    // Segment by segment, since a link may stand anywhere and lead to others.
    private static string Resolve(string path)
    {
        const int MostLinks = 40;
        var links = 0;
        var root = Path.GetPathRoot(path)!;
        var resolved = root;
        var left = new Stack<string>(path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse());
        while (left.TryPop(out var segment))
        {
            if (segment == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? root;
                continue;
            }

            var next = Path.Combine(resolved, segment);
            if (new DirectoryInfo(next).LinkTarget is not { } target)
            {
                resolved = segment == "." ? resolved : next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException("too many levels of symbolic links");
            }

            resolved = Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : resolved;
            foreach (var part in target.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                left.Push(part);
            }
        }

        return resolved;
    }
}
