using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Registry.Sources;

namespace Serverless.Tests.Components.Registry;

/// <summary>A resource source that a test feeds with YAML.</summary>
internal sealed class ChannelSource(string name = "test") : IResourceSource
{
    private readonly Channel<ResourceBatch> _batches = Channel.CreateUnbounded<ResourceBatch>();
    private readonly ResourceTable _table = new();
    private bool _synced;

    public string Name => name;

    public IAsyncEnumerable<ResourceBatch> ReadAsync(CancellationToken cancellationToken) => _batches.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Batches that nobody has taken yet.</summary>
    public int Waiting => _batches.Reader.Count;

    /// <summary>Ends the source with an exception.</summary>
    public void Fail(Exception exception) => _batches.Writer.Complete(exception);

    /// <summary>Tells that the source can't be read.</summary>
    public void Fault(string fault)
    {
        _batches.Writer.TryWrite(new ResourceBatch([], IsFullSync: !_synced, fault));
        _synced = true;
    }

    /// <summary>Replaces everything the source holds.</summary>
    public void Set(params string[] documents)
    {
        var parser = new ResourceParser(_ => null, NullLogger.Instance);
        var resources = documents.Select(document => parser.Parse(document, "test.yaml")!.Resource).ToDictionary(resource => resource.Key);
        _batches.Writer.TryWrite(new ResourceBatch(_table.Replace(resources), IsFullSync: !_synced));
        _synced = true;
    }
}
