using System.Runtime.CompilerServices;
using Azure.Identity;
using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Registry.Sources;
using Serverless.Components.Settings;

namespace Serverless.Components.Sources.AzureBlobs;

/// <summary>Resources in the YAML blobs of a container, so that they change without a redeploy, for every instance.</summary>
/// <remarks>
/// As with a directory: <c>*.yaml</c> and <c>*.yml</c> right below the address, in name order. The container is listed at an interval;
/// only blobs with another ETag are read. While it can't be reached its last good resources stay, at a start those last saved on this
/// machine.
/// </remarks>
public sealed class BlobResourceSource : IResourceSource
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);

    // With a copy at hand the first pass ends in time for the start (--startup-timeout) to serve that.
    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(15);

    // Instances that started together shall not all ask at once.
    private const double Spread = 0.2;

    private readonly ComponentHost _host;
    private readonly TimeSpan _interval;
    private readonly BlobFolder _folder;
    private readonly BlobCopyFile _file;
    private readonly ResourceParser _parser;
    private readonly SourceTroubleLog _troubles;
    private readonly ResourceTable _table = new();
    private bool _hasTaken;
    private AzureServiceException? _refusal;

    private BlobResourceSource(string name, BlobSourceAddress address, BlobFolder folder, ComponentHost host, TimeSpan interval)
    {
        var logger = host.LoggerFactory.CreateLogger("dapr.runtime.resources");
        Name = name;
        _host = host;
        _interval = interval;
        _folder = folder;
        _file = new BlobCopyFile(Path.Combine(host.DataDirectory, "resources"), address.ToString(), logger);
        _parser = new ResourceParser(host.Environment, logger, host.DefaultSecretStore);
        _troubles = new SourceTroubleLog(logger, name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Creates the source; nothing is asked yet.</summary>
    /// <param name="name">Name for logs and health.</param>
    /// <param name="address">
    /// <c>https://account.blob…/container[/folder]</c>, with a shared access signature as its query or else read as the identity that
    /// the environment tells (<c>AZURE_CLIENT_ID</c> …); <c>http://</c> to an emulator on this machine.
    /// </param>
    /// <param name="host">The surrounding process.</param>
    /// <param name="interval">How often the container is asked for changes.</param>
    /// <exception cref="ComponentException">The address is not usable, or nothing proves who asks.</exception>
    public static BlobResourceSource Create(string name, string address, ComponentHost host, TimeSpan interval)
    {
        var parsed = BlobSourceAddress.Parse(address);
        var account = new StorageAccount(parsed.Account, parsed.Endpoint, Credential(parsed, host));
        try
        {
            return new BlobResourceSource(name, parsed, new BlobFolder(new BlobContainerClient(account, parsed.Container), parsed.Folder), host, interval);
        }
        catch (BlobRequestException fault)
        {
            throw new ComponentException($"resources path '{parsed}': {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ResourceBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var folder = _folder;
        var first = await ReadFirstAsync(cancellationToken);
        var fault = first.Fault;
        yield return first;

        while (true)
        {
            await Task.Delay(NextPause(fault), _host.Time, cancellationToken);
            var batch = await RereadAsync(cancellationToken);
            if (batch.Events.Count > 0 || batch.Fault != fault)
            {
                fault = batch.Fault;
                yield return batch;
            }
        }
    }

    private static StorageCredential Credential(BlobSourceAddress address, ComponentHost host)
    {
        if (address.Signature.Length > 0)
        {
            return StorageCredential.Sas(address.Signature);
        }

        if (address.IsEmulator)
        {
            return StorageConnectionString.EmulatorCredential;
        }

        try
        {
            return StorageCredential.Token(AzureCredentials.Create(AzureAuthentication.FromEnvironment(host), host.Time));
        }
        catch (CredentialUnavailableException fault)
        {
            throw new ComponentException($"resources path '{address}': {fault.Message}", fault);
        }
    }

    private TimeSpan NextPause(string? fault)
    {
        var interval = fault is not null && FirstRetry < _interval ? FirstRetry : _interval;
        return interval * (1 - (Spread * Random.Shared.NextDouble()));
    }

    private async Task<ResourceBatch> ReadFirstAsync(CancellationToken cancellationToken)
    {
        var saved = await _file.ReadAsync(cancellationToken);
        using var limit = new CancellationTokenSource(saved is null ? Timeout.InfiniteTimeSpan : FirstLimit, _host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _folder.RefreshAsync(either.Token);
            return new ResourceBatch(await TakeAsync(isChanged: true, cancellationToken), IsFullSync: true);
        }
        catch (Exception fault) when (fault is AzureException or BlobFolderException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var told = fault is OperationCanceledException ? $"the container was not read within {FirstLimit.TotalSeconds:0} s" : Describe(fault);
            _troubles.Report(told);
            if (saved is null)
            {
                return new ResourceBatch([], IsFullSync: true, told);
            }

            _folder.Restore(saved);
            var events = _table.Replace(Collect().Finish());
            _hasTaken = true;
            return new ResourceBatch(events, IsFullSync: true, told);
        }
    }

    private async Task<ResourceBatch> RereadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var hasChanged = await _folder.RefreshAsync(cancellationToken);
            _refusal = null;
            return new ResourceBatch(hasChanged || _troubles.HasTrouble ? await TakeAsync(hasChanged, cancellationToken) : []);
        }
        catch (ComponentException fault)
        {
            // A name twice: nothing of this reading is taken. Where nothing was taken before either, nothing is there to stay.
            _troubles.Report(fault.Message);
            return new ResourceBatch([], Fault: _hasTaken ? null : fault.Message);
        }
        catch (Exception fault) when (fault is AzureException or BlobFolderException)
        {
            var told = Describe(fault);
            _troubles.Report(told);
            return new ResourceBatch([], Fault: told);
        }
    }

    // A refusal that lasts has another request id and time in each answer; it keeps the words of the first one.
    private string Describe(Exception fault)
    {
        var refusal = fault as AzureServiceException;
        _refusal = refusal is not null && _refusal is { } known && (known.Status, known.Code) == (refusal.Status, refusal.Code) ? known : refusal;
        return _refusal?.Message ?? fault.Message;
    }

    private async Task<IReadOnlyList<ResourceEvent>> TakeAsync(bool isChanged, CancellationToken cancellationToken)
    {
        var collector = Collect();
        _troubles.Report(collector.Damage);
        var events = _table.Replace(collector.Finish());
        _hasTaken = true;
        if (isChanged)
        {
            await _file.WriteAsync(_folder.Blobs, cancellationToken);
        }

        return events;
    }

    private ResourceCollector Collect()
    {
        var collector = new ResourceCollector(_host);
        foreach (var blob in _folder.Blobs)
        {
            var file = blob.Damage is { } damage ? new ResourceFile([], damage) : ResourceFile.Parse(blob.Text, blob.Name, _parser);
            collector.Add(file);
            if (file.Damage is not null)
            {
                collector.KeepLastGood(_table.Resources.Values, blob.Name);
            }
        }

        return collector;
    }
}
