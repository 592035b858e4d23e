using System.Globalization;
using System.Text;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Registry.Leases;

namespace Serverless.Components.Leases;

/// <summary>Leases of blobs: one blob each, its content the text, its metadata the token; both are only written under the blob's lease.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/lease-blob. Leases end by the service's clock.</remarks>
internal sealed class BlobLeaseStore(BlobContainerClient container, TimeProvider time) : ILeaseStore
{
    private const string TokenItem = "token";

    /// <summary>The service does not tell when a lease ends.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    public ValueTask<LeaseState?> ReadAsync(string name, CancellationToken cancellationToken) => CallAsync(
        async () => await FindAsync(name, cancellationToken) is { } found
            ? new LeaseState(found.Text, found.Token, found.IsHeld ? time.GetUtcNow() + AskAgain : null)
            : null,
        cancellationToken);

    public ValueTask<LeaseGrant?> TryTakeAsync(string name, Guid holder, TimeSpan duration, CancellationToken cancellationToken) => CallAsync(
        async () =>
        {
            var taken = await container.AcquireLeaseAsync(name, holder, duration, cancellationToken);
            if (taken.Outcome == BlobOutcome.BlobMissing)
            {
                // Whoever else makes it now makes the same.
                await container.PutAsync(name, Upload("", 0, BlobCondition.Absent), cancellationToken);
                taken = await container.AcquireLeaseAsync(name, holder, duration, cancellationToken);
            }

            if (!taken.IsDone)
            {
                return taken.Outcome == BlobOutcome.LeaseConflict ? (LeaseGrant?)null : throw taken.Refusal!;
            }

            var found = await FindAsync(name, cancellationToken) ?? throw new LeaseException($"the blob {name} is gone");
            var put = await container.PutAsync(name, Upload(found.Text, found.Token + 1, new BlobCondition(LeaseId: holder.ToString())), cancellationToken);
            return put.IsDone ? new LeaseGrant(name, holder, found.Token + 1, duration, found.Text)
                : put.Outcome == BlobOutcome.LeaseConflict ? null
                : throw put.Refusal!;
        },
        cancellationToken);

    public ValueTask<bool> TryRenewAsync(LeaseGrant grant, CancellationToken cancellationToken) => CallAsync(
        async () => IsHolders(await container.RenewLeaseAsync(grant.Name, grant.Holder, cancellationToken)),
        cancellationToken);

    public ValueTask<bool> TryReleaseAsync(LeaseGrant grant, string? text, CancellationToken cancellationToken) => CallAsync(
        async () =>
        {
            if (text is not null && !await WriteAsync(grant, text, cancellationToken))
            {
                // Written and released before, if the answer to that was lost.
                return await FindAsync(grant.Name, cancellationToken) is { } found && found.Token == grant.Token && found.Text == text;
            }

            return IsHolders(await container.ReleaseLeaseAsync(grant.Name, grant.Holder, cancellationToken)) || text is not null;
        },
        cancellationToken);

    private async ValueTask<bool> WriteAsync(LeaseGrant grant, string text, CancellationToken cancellationToken)
    {
        // A lease that has ended is the holder's again while nobody else took it.
        var upload = Upload(text, grant.Token, new BlobCondition(LeaseId: grant.Holder.ToString()));
        return IsHolders(await container.PutAsync(grant.Name, upload, cancellationToken))
            || (IsHolders(await container.RenewLeaseAsync(grant.Name, grant.Holder, cancellationToken)) && IsHolders(await container.PutAsync(grant.Name, upload, cancellationToken)));
    }

    private static bool IsHolders(BlobResult result) => result.Outcome switch
    {
        BlobOutcome.Done => true,
        BlobOutcome.LeaseConflict or BlobOutcome.BlobMissing => false,
        _ => throw result.Refusal!,
    };

    private static BlobUpload Upload(string text, long token, BlobCondition condition) => new(Encoding.UTF8.GetBytes(text))
    {
        Metadata = new Dictionary<string, string> { [TokenItem] = token.ToString(CultureInfo.InvariantCulture) },
        Condition = condition,
    };

    private async ValueTask<(string Text, long Token, bool IsHeld)?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var read = await container.GetAsync(name, BlobCondition.None, null, cancellationToken);
        return read.Outcome switch
        {
            BlobOutcome.BlobMissing => null,
            BlobOutcome.Done => long.TryParse(read.Properties!.Metadata.GetValueOrDefault(TokenItem), CultureInfo.InvariantCulture, out var token)
                ? (Encoding.UTF8.GetString(read.Content.Span), token, read.Properties.LeaseState is "leased" or "breaking")
                : throw new LeaseException($"the blob {name} is no lease"),
            _ => throw read.Refusal!,
        };
    }

    private static async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (exception is AzureException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new LeaseException(exception.Message, exception);
        }
    }
}
