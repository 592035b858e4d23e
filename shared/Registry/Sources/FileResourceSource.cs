using System.Runtime.CompilerServices;
using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Sources;

/// <summary>Resources in YAML files: the files of some directories, or some files by name.</summary>
/// <remarks>
/// Dapr reads directories without their subdirectories, <c>*.yaml</c> and <c>*.yml</c>, in name order. Files are read again after a
/// change followed by 200 ms of quiet, and at an interval in any case.
/// </remarks>
public sealed class FileResourceSource : IResourceSource
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private readonly ComponentHost _host;
    private readonly ResourceParser _parser;
    private readonly TimeSpan _interval;
    private readonly string[] _directories;
    private readonly string[] _files;
    private readonly SourceTroubleLog _troubles;
    private readonly FileWatch _watch;
    private readonly ResourceTable _table = new();

    private FileResourceSource(string name, ComponentHost host, TimeSpan interval, IEnumerable<string> directories, IEnumerable<string> files)
    {
        Name = name;
        _host = host;
        _interval = interval < Shortest ? Shortest : interval;
        _directories = [.. directories.Select(Path.GetFullPath)];
        _files = [.. files.Select(Path.GetFullPath)];
        var logger = host.LoggerFactory.CreateLogger("dapr.runtime.resources");
        _troubles = new SourceTroubleLog(logger, name);
        _parser = new ResourceParser(host.Environment, logger, host.DefaultSecretStore);
        _watch = new FileWatch(() => ListFiles().Select(file => file.Path), host.Time);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Several directories as one source.</summary>
    /// <param name="name">Name for logs and health.</param>
    /// <param name="host">The surrounding process.</param>
    /// <param name="interval">How often everything is read again in any case; at least a second.</param>
    /// <param name="directories">The directories.</param>
    public static FileResourceSource OfDirectories(string name, ComponentHost host, TimeSpan interval, IEnumerable<string> directories) =>
        new(name, host, interval, directories, []);

    /// <summary>Configuration files given by name; later ones override earlier ones, other kinds in them are ignored.</summary>
    /// <param name="name">Name for logs and health.</param>
    /// <param name="host">The surrounding process.</param>
    /// <param name="interval">How often everything is read again in any case; at least a second.</param>
    /// <param name="files">The files, in order.</param>
    public static FileResourceSource OfConfigurationFiles(string name, ComponentHost host, TimeSpan interval, IEnumerable<string> files) =>
        new(name, host, interval, [], files);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ResourceBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _watch.Mark();
        var first = await CollectFirstAsync(cancellationToken);
        _troubles.Report(first.Damage);
        yield return new ResourceBatch(_table.Replace(first.Finish()), IsFullSync: true);

        string? fault = null;
        while (await _watch.WaitAsync(_interval, cancellationToken))
        {
            var batch = await RereadAsync(cancellationToken);
            if (batch.Events.Count > 0 || batch.Fault != fault)
            {
                fault = batch.Fault;
                yield return batch;
            }
        }
    }

    /// <summary>The files of a directory that are read, in order.</summary>
    internal static IEnumerable<string> ListFiles(string directory) =>
        Directory.GetFiles(directory).Where(file => Path.GetExtension(file) is ".yaml" or ".yml").Order(StringComparer.Ordinal);

    private async Task<ResourceCollector> CollectFirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CollectAsync(isFirst: true, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ComponentException($"resources can't be read: {exception.Message}", exception);
        }
    }

    private async Task<ResourceBatch> RereadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var next = await CollectAsync(isFirst: false, cancellationToken);
            _troubles.Report(next.Fault ?? next.Damage);
            return new ResourceBatch(_table.Replace(next.Finish()), Fault: next.Fault);
        }
        catch (ComponentException exception)
        {
            // A name twice: nothing of this reading is taken.
            _troubles.Report(exception.Message);
            return new ResourceBatch([]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _troubles.Report(exception.Message);
            return new ResourceBatch([], Fault: exception.Message);
        }
    }

    private async Task<ResourceCollector> CollectAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var collector = new ResourceCollector(_host);
        var rank = 0;
        foreach (var (path, origin) in ListFiles())
        {
            string text;
            try
            {
                text = await File.ReadAllTextAsync(path, cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                if (isFirst)
                {
                    throw;
                }

                collector.AddUnreadable($"{origin}: can't be read: {exception.Message}");
                collector.KeepLastGood(_table.Resources.Values, origin);
                continue;
            }

            var file = Emptied(text, origin) ?? ResourceFile.Parse(text, origin, _parser);
            collector.Add(_files.Length == 0 ? file : AsConfiguration(file, rank++));
            if (file.Damage is not null)
            {
                if (isFirst && _files.Length > 0)
                {
                    throw new ComponentException(file.Damage);
                }

                collector.KeepLastGood(_table.Resources.Values, origin);
            }
        }

        return collector;
    }

    // Editors truncate before they write.
    private ResourceFile? Emptied(string text, string origin) =>
        string.IsNullOrWhiteSpace(text) && _table.Resources.Values.Any(resource => resource.Origin == origin)
            ? new ResourceFile([], $"{origin}: is empty now; delete the file to remove what it gave")
            : null;

    // A --config file is known by its path, because several may share a name.
    private static ResourceFile AsConfiguration(ResourceFile file, int rank) => file with
    {
        Resources =
        [
            .. file.Resources.Select(parsed => parsed.Resource).OfType<RuntimeConfiguration>().Take(1)
                .Select(configuration => new ParsedResource(configuration with
                {
                    Key = new ResourceKey(ResourceKey.Configuration, configuration.Origin),
                    Rank = rank,
                })),
        ],
    };

    private IEnumerable<(string Path, string Origin)> ListFiles()
    {
        foreach (var file in _files)
        {
            yield return (file, file);
        }

        foreach (var directory in _directories)
        {
            foreach (var file in ListFiles(directory))
            {
                yield return (file, _directories.Length > 1 ? file : Path.GetFileName(file));
            }
        }
    }
}
