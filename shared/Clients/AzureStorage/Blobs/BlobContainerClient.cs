using Azure;
using Azure.Core;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>One container of blobs.</summary>
/// <remarks>
/// Ordinary refusals are values; every method else throws <see cref="AzureException"/> for what the service or the way to it
/// did, and <see cref="BlobRequestException"/>, before anything is sent, for names and values that can't be.
/// </remarks>
internal sealed partial class BlobContainerClient : IDisposable
{
    private const string ListOperation = "list blobs";
    private readonly StorageAccount _account;
    private readonly string _container;
    private readonly AzureRestClient _rest;
    private readonly BlobRequests _requests;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="account">The blob service of an account.</param>
    /// <param name="container">The container's name.</param>
    /// <param name="options">How requests are sent; what the account's credential is for is filled in.</param>
    /// <exception cref="BlobRequestException">No container can have this name.</exception>
    public BlobContainerClient(StorageAccount account, string container, AzureRestOptions? options = null)
    {
        if (BlobNames.ContainerComplaint(container) is { } complaint)
        {
            throw new BlobRequestException(complaint);
        }

        _account = account;
        _container = container;
        options ??= new AzureRestOptions { Service = ServiceName };
        Address = new Uri($"{account.Endpoint.AbsoluteUri.TrimEnd('/')}/{container}");
        _rest = new AzureRestClient(options with { Authentication = account.Credential?.CreatePolicy(StorageService.Blob, options.Time) });
        _requests = new BlobRequests(_rest, Address);
    }

    /// <summary>What messages call the service.</summary>
    public static string ServiceName => "Blob Storage";

    /// <summary>The container's address.</summary>
    public Uri Address { get; }

    /// <summary>Makes the container; false when it is there already, by whomever.</summary>
    public async ValueTask<bool> CreateContainerAsync(BlobAccess access, CancellationToken cancellationToken)
    {
        const string operation = "create container";
        using var message = _requests.CreateContainer(access);
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return response.Status == 201
            || (CodeOf(response) is "ContainerAlreadyExists" or "ResourceAlreadyExists" ? false : throw _rest.Unexpected(response, operation));
    }

    /// <summary>Deletes the container and all in it; false when there is none. The service takes a while until the name is free.</summary>
    public async ValueTask<bool> DeleteContainerAsync(CancellationToken cancellationToken)
    {
        const string operation = "delete container";
        using var message = _requests.DeleteContainer();
        return Existed(await _rest.SendAsync(message, operation, cancellationToken), 202, operation);
    }

    /// <summary>Looks whether the container is there.</summary>
    public async ValueTask<bool> ContainerExistsAsync(CancellationToken cancellationToken)
    {
        const string operation = "head container";
        using var message = _requests.HeadContainer();
        return Existed(await _rest.SendAsync(message, operation, cancellationToken), 200, operation);
    }

    /// <summary>Writes a whole blob, in place of what was there.</summary>
    public async ValueTask<BlobResult> PutAsync(string name, BlobUpload upload, CancellationToken cancellationToken)
    {
        using var message = _requests.Put(name, upload);
        return await ChangeAsync(message, 201, "put blob", cancellationToken);
    }

    /// <summary>Replaces a blob's metadata.</summary>
    public async ValueTask<BlobResult> SetMetadataAsync(
        string name, IReadOnlyDictionary<string, string> metadata, BlobCondition condition, CancellationToken cancellationToken)
    {
        using var message = _requests.SetMetadata(name, metadata, condition);
        return await ChangeAsync(message, 200, "set blob metadata", cancellationToken);
    }

    /// <summary>Deletes a blob.</summary>
    public async ValueTask<BlobResult> DeleteAsync(string name, BlobCondition condition, BlobSnapshots snapshots, CancellationToken cancellationToken)
    {
        using var message = _requests.Delete(name, condition, snapshots);
        return await ChangeAsync(message, 202, "delete blob", cancellationToken);
    }

    /// <summary>Reads a blob or a part of it; with <see cref="BlobCondition.IfNoneMatch"/> only when it has changed.</summary>
    public async ValueTask<BlobRead> GetAsync(string name, BlobCondition condition, BlobRange? range, CancellationToken cancellationToken)
    {
        using var message = _requests.Get(name, condition, range);
        return await ReadAsync(message, "get blob", cancellationToken);
    }

    /// <summary>Reads a blob's properties.</summary>
    public async ValueTask<BlobRead> HeadAsync(string name, BlobCondition condition, CancellationToken cancellationToken)
    {
        using var message = _requests.Head(name, condition);
        return await ReadAsync(message, "head blob", cancellationToken);
    }

    /// <summary>A blob's address, without any proof.</summary>
    /// <exception cref="BlobRequestException">No blob can have this name.</exception>
    public Uri AddressOf(string name) => new($"{Address.AbsoluteUri}/{BlobNames.Escape(name)}");

    /// <summary>An address by which anyone can read a blob until a time; null when the account's key is not known.</summary>
    /// <remarks>https://learn.microsoft.com/rest/api/storageservices/create-service-sas.</remarks>
    public string? SignedAddressOf(string name, DateTimeOffset expiresOn) =>
        BlobSas.Create(_account, _container, name, expiresOn) is { } signature ? $"{AddressOf(name).AbsoluteUri}?{signature}" : null;

    /// <summary>Reads one page of the list of blobs as the service's XML; null when there is no such container.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ListXmlAsync(BlobQuery query, CancellationToken cancellationToken)
    {
        using var message = _requests.List(query);
        return (await ListAsync(message, cancellationToken))?.Content.ToMemory();
    }

    /// <summary>Reads one page of the list of blobs; null when there is no such container.</summary>
    public async ValueTask<BlobPage?> ListAsync(BlobQuery query, CancellationToken cancellationToken)
    {
        using var message = _requests.List(query);
        return await ListAsync(message, cancellationToken) is not { } response ? null
            : BlobListing.TryRead(response.Content.ToMemory(), out var page) ? page
            : throw _rest.Unexpected(response, ListOperation);
    }

    public void Dispose() => _rest.Dispose();

    private static string? CodeOf(Response response) => AzureError.Read(response).Code;

    private async ValueTask<Response?> ListAsync(HttpMessage message, CancellationToken cancellationToken)
    {
        var response = await _rest.SendAsync(message, ListOperation, cancellationToken);
        return response.Status == 200 ? response
            : BlobAnswer.OutcomeOf(response) == BlobOutcome.ContainerMissing ? null
            : throw _rest.Unexpected(response, ListOperation);
    }

    private bool Existed(Response response, int success, string operation) =>
        response.Status == success
        || (BlobAnswer.OutcomeOf(response) == BlobOutcome.ContainerMissing ? false : throw _rest.Unexpected(response, operation));

    private async ValueTask<BlobResult> ChangeAsync(HttpMessage message, int success, string operation, CancellationToken cancellationToken)
    {
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return response.Status == success
            ? new BlobResult(BlobOutcome.Done, null) { ETag = BlobAnswer.ETagOf(response), LeaseRemains = BlobAnswer.LeaseTimeOf(response) }
            : new BlobResult(RefusalOf(response, operation), _rest.Unexpected(response, operation));
    }

    private async ValueTask<BlobRead> ReadAsync(HttpMessage message, string operation, CancellationToken cancellationToken)
    {
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        if (response.Status is not (200 or 206))
        {
            return new BlobRead(RefusalOf(response, operation), _rest.Unexpected(response, operation));
        }

        // Whatever has no ETag is no blob: a proxy's page, for example.
        return BlobAnswer.PropertiesOf(response) is { } properties
            ? new BlobRead(BlobOutcome.Done, null) { Properties = properties, Content = response.Content.ToMemory() }
            : throw _rest.Unexpected(response, operation);
    }

    private BlobOutcome RefusalOf(Response response, string operation) => BlobAnswer.OutcomeOf(response) ?? throw _rest.Unexpected(response, operation);
}
