using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Serverless.Components.Sources.AzureBlobs;

/// <summary>The last good blobs of a source in a file of this machine, for a start while the container can't be reached.</summary>
/// <param name="folder">Where the file is; created when needed.</param>
/// <param name="address">The source; part of the file's name.</param>
/// <param name="logger">Told when there is no place for the file.</param>
internal sealed partial class BlobCopyFile(string folder, string address, ILogger logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _path = Path.Combine(folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))[..32]}.json");
    private bool _hasFailed;

    /// <summary>The blobs as last saved; null when there are none, or none that can be read.</summary>
    public async Task<IReadOnlyList<BlobCopy>?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(_path);
            var blobs = await JsonSerializer.DeserializeAsync(file, BlobCopyJson.Default.BlobCopyArray, cancellationToken);
            return blobs is not null && blobs.All(blob => blob is { Name: not null, ETag: not null, Text: not null }) && blobs.DistinctBy(blob => blob.Name).Count() == blobs.Length ? blobs : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Saves the blobs, whole or not at all. A machine without a writable disk goes without.</summary>
    public async Task WriteAsync(IEnumerable<BlobCopy> blobs, CancellationToken cancellationToken)
    {
        var scratch = $"{_path}.{Environment.ProcessId}.tmp";
        try
        {
            CreateFolder();
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            await using (var file = new FileStream(scratch, options))
            {
                await JsonSerializer.SerializeAsync(file, [.. blobs], BlobCopyJson.Default.BlobCopyArray, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(scratch, _path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                LogNoCopy(logger, folder, fault.Message);
            }
        }
    }

    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "resources can't be copied to {Folder}, so a start needs the container: {Fault}")]
    private static partial void LogNoCopy(ILogger logger, string folder, string fault);
}
