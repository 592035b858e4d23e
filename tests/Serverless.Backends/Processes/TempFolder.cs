namespace Serverless.Backends.Processes;

/// <summary>A folder that lasts as long as a test.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>The folder's full path.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("serverless-dapr-").FullName;

    /// <summary>A path inside the folder.</summary>
    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Writes a file, with the folders above it, and returns its path.</summary>
    public string Write(string relativePath, string text)
    {
        var path = At(relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Replaces a file in one step, so that no reader sees half of it.</summary>
    public void Replace(string relativePath, string text)
    {
        var next = Write(relativePath + ".next", text);
        File.Move(next, At(relativePath), overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // A process that is still ending may hold a file; the system's temp folder is cleaned anyway.
        }
    }
}
