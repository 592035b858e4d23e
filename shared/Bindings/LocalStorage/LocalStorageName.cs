namespace Serverless.Components.Bindings.LocalStorage;

/// <summary>The <c>fileName</c> of a call, taken apart.</summary>
internal static class LocalStorageName
{
    // PATH_MAX. Our way through the folders would get further than one path, and so deeper than anybody else could follow.
    private const int Longest = 4096;

    /// <summary>The segments below the root; none for the root itself. A leading slash means nothing.</summary>
    /// <exception cref="BindingException">It leads above the root, or is no file's name.</exception>
    public static List<string> Split(string fileName)
    {
        if (fileName.Contains('\0', StringComparison.Ordinal))
        {
            throw new BindingException("error getting absolute path for file: the name holds a NUL character");
        }

        if (fileName.Length > Longest)
        {
            throw new BindingException("error getting absolute path for file: file name too long");
        }

        var segments = new List<string>();
        foreach (var segment in fileName.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar))
        {
            if (segment == "..")
            {
                if (segments.Count == 0)
                {
                    throw new BindingException($"error getting absolute path for file {fileName}: it leads out of rootPath");
                }

                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not ("" or "."))
            {
                segments.Add(segment);
            }
        }

        return segments;
    }
}
