using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>The metadata of <c>state.azure.blobstorage</c> and <c>bindings.azure.blobstorage</c>.</summary>
/// <remarks>Dapr docs: the "Spec metadata fields" of both.</remarks>
internal sealed record AzureBlobContainerSettings
{
    private const int DefaultRetries = 3;

    /// <summary>Where the container is, and how to be let in.</summary>
    public required StorageAccount Account { get; init; }

    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>What the container, if it is made, lets anyone read.</summary>
    public BlobAccess Access { get; init; }

    /// <summary>Most repetitions of a request.</summary>
    public int Retries { get; init; }

    /// <summary>False to use only a container that is there.</summary>
    public bool CreatesContainer { get; init; }

    /// <summary>True when data to write are base64, and their bytes are meant; of bindings only.</summary>
    public bool DecodesBase64 { get; init; }

    /// <summary>Reads the items.</summary>
    /// <exception cref="ComponentException">Some are not usable; the message names all of them.</exception>
    public static AzureBlobContainerSettings Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var account = AzureStorageSettings.Read(binder, context, StorageService.Blob);
        var container = ReadContainer(binder);
        var access = binder.OneOf("publicAccessLevel", "none", "none", "blob", "container");
        var retries = ReadRetries(binder);
        var createsContainer = !binder.Boolean("disableEntityManagement", false);
        var decodesBase64 = binder.Boolean("decodeBase64", false);
        binder.ThrowIfFaulty();
        return new AzureBlobContainerSettings
        {
            Account = account!,
            Container = container!,
            Access = access switch { "blob" => BlobAccess.Blob, "container" => BlobAccess.Container, _ => BlobAccess.None },
            Retries = retries,
            CreatesContainer = createsContainer,
            DecodesBase64 = decodesBase64,
        };
    }

    /// <summary>A client of the container, which is there afterwards if it may be made.</summary>
    /// <exception cref="ComponentException">It could not be made.</exception>
    public async Task<BlobContainerClient> OpenAsync(ComponentContext context, CancellationToken cancellationToken)
    {
        var client = new BlobContainerClient(
            Account, Container, new AzureRestOptions { Service = BlobContainerClient.ServiceName, Retries = Retries, Time = context.Host.Time });
        try
        {
            _ = CreatesContainer && await client.CreateContainerAsync(Access, cancellationToken);
            return client;
        }
        catch (AzureException fault)
        {
            client.Dispose();
            throw new ComponentException($"component '{context.Name}': failed to create container {Container}: {fault.Message}", fault);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static string? ReadContainer(MetadataBinder binder)
    {
        var name = binder.Text("containerName", "container", "storageAccountContainer");
        if (name is null)
        {
            binder.Fault("containerName", "a value (it is required)");
        }
        else if (BlobNames.ContainerComplaint(name) is { } complaint)
        {
            binder.Fault("containerName", $"a usable name ({complaint})");
        }

        return name;
    }

    // The older name wins, as in daprd; its client takes numbers below 0 for none.
    private static int ReadRetries(MetadataBinder binder)
    {
        var item = binder.Text("getBlobRetryCount") is null ? "retryCount" : "getBlobRetryCount";
        return Math.Max(0, binder.WholeNumber(item, DefaultRetries, -1));
    }
}
