using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Sources;

/// <summary>Resources in YAML files: the files of some directories, or some files by name.</summary>
/// <remarks>
/// Dapr reads directories without their subdirectories, <c>*.yaml</c> and <c>*.yml</c>, in name order. Changes are found by a file
/// watcher and, for file systems that have none, by reading again at an interval; files are read after 200 ms of quiet.
/// </remarks>
public sealed partial class FileResourceSource : IResourceSource
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private readonly ComponentHost _host;
    private readonly ResourceParser _parser;
    private readonly TimeSpan _interval;
    private readonly string[] _directories;
    private readonly string[] _files;
    private readonly ILogger _logger;
    private readonly ResourceTable _table = new();

    private FileResourceSource(string name, ComponentHost host, TimeSpan interval, IEnumerable<string> directories, IEnumerable<string> files)
    {
        Name = name;
        _host = host;
        _parser = new ResourceParser(host.Environment);
        _interval = interval;
        _directories = [.. directories.Select(Path.GetFullPath)];
        _files = [.. files.Select(Path.GetFullPath)];
        _logger = host.LoggerFactory.CreateLogger("dapr.runtime.resources");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Several directories as one source.</summary>
    /// <param name="name">Name for logs and health.</param>
    /// <param name="host">The surrounding process.</param>
    /// <param name="interval">How often to look when no watcher reports anything.</param>
    /// <param name="directories">The directories.</param>
    public static FileResourceSource OfDirectories(string name, ComponentHost host, TimeSpan interval, IEnumerable<string> directories) =>
        new(name, host, interval, directories, []);

    /// <summary>Configuration files given by name; later ones override earlier ones, other kinds in them are ignored.</summary>
    /// <param name="name">Name for logs and health.</param>
    /// <param name="host">The surrounding process.</param>
    /// <param name="interval">How often to look when no watcher reports anything.</param>
    /// <param name="files">The files, in order.</param>
    public static FileResourceSource OfConfigurationFiles(string name, ComponentHost host, TimeSpan interval, IEnumerable<string> files) =>
        new(name, host, interval, [], files);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ResourceBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var signal = new FileSignal([.. _directories, .. _files.Select(file => Path.GetDirectoryName(file)!)]);
        var first = await CollectAsync(isFirst: true, cancellationToken);
        var fault = first.Fault;
        LogFault(fault);
        yield return new ResourceBatch(_table.Replace(first.Resources), IsFullSync: true, fault);

        while (await signal.WaitAsync(_interval, Quiet, _host.Time, cancellationToken))
        {
            var batch = await RereadAsync(cancellationToken);
            if (batch.Fault != fault)
            {
                LogFault(batch.Fault);
            }

            if (batch.Events.Count > 0 || batch.Fault != fault)
            {
                fault = batch.Fault;
                yield return batch;
            }
        }
    }

    private async Task<ResourceBatch> RereadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var next = await CollectAsync(isFirst: false, cancellationToken);
            return new ResourceBatch(_table.Replace(next.Resources), Fault: next.Fault);
        }
        catch (ComponentException exception)
        {
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
                    throw new ComponentException($"{origin}: can't be read: {exception.Message}", exception);
                }

                collector.KeepLastGood(_table.Resources.Values, origin, $"{origin}: can't be read: {exception.Message}");
                continue;
            }

            var file = ResourceFile.Parse(text, origin, _parser);
            collector.Add(_files.Length == 0 ? file : AsConfiguration(file, rank++));
            if (file.Fault is not null)
            {
                if (isFirst && _files.Length > 0)
                {
                    throw new ComponentException(file.Fault);
                }

                collector.KeepLastGood(_table.Resources.Values, origin, file.Fault);
            }
        }

        return collector;
    }

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
            string[] found;
            try
            {
                found = Directory.GetFiles(directory);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new ComponentException($"{directory}: can't be read: {exception.Message}", exception);
            }

            foreach (var file in found.Where(file => Path.GetExtension(file) is ".yaml" or ".yml").Order(StringComparer.Ordinal))
            {
                yield return (file, _directories.Length > 1 ? file : Path.GetFileName(file));
            }
        }
    }

    private void LogFault(string? fault)
    {
        if (fault is null)
        {
            LogReadable(_logger, Name);
        }
        else
        {
            LogUnreadable(_logger, Name, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "resource source {Source}: {Fault}; its last good resources stay")]
    private static partial void LogUnreadable(ILogger logger, string source, string fault);

    [LoggerMessage(Level = LogLevel.Debug, Message = "resource source {Source} is readable")]
    private static partial void LogReadable(ILogger logger, string source);
}
