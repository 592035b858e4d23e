using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

/// <content>Where Dapr's stores differ on purpose; the defaults are what most do.</content>
public abstract partial class StateStoreContract
{
    /// <summary>The length of a key that is long and works.</summary>
    private protected virtual int LongKey => 5000;

    /// <summary>False for a key that the store refuses, because what is below it can't tell it from another.</summary>
    private protected virtual bool TakesKey(string key) => true;

    /// <summary>An ETag that this store could have given, and has not.</summary>
    private protected virtual string OtherETag => "3f8f5f0e-0000-4000-8000-000000000000";

    /// <summary>How a text that can't be one of its ETags is answered on save.</summary>
    private protected virtual StateOutcome ForeignETag => StateOutcome.EtagMismatch;

    /// <summary>True for stores where an ETag counts the writes, and begins again with a new entry.</summary>
    private protected virtual bool StartsAgain => false;

    /// <summary>True for stores that do not look at the ETag of a <c>last-write</c>.</summary>
    private protected virtual bool LastWriteIgnoresETag => false;

    /// <summary>True for stores that save an absent key whatever ETag is given.</summary>
    private protected virtual bool CreatesWithETag => false;

    /// <summary>True for stores where deleting an absent key is a success whatever ETag is given.</summary>
    private protected virtual bool DeletesAbsentWithETag => false;

    /// <summary>How <c>first-write</c> without an ETag ends when the entry is there and was written so too.</summary>
    private protected virtual StateOutcome FirstWriteConflict => StateOutcome.EtagMismatch;

    /// <summary>False for stores where <c>first-write</c> without an ETag guards only what was written so before.</summary>
    private protected virtual bool RefusesFirstWriteOfOrdinary => true;

    /// <summary>True for stores where <c>first-write</c> without an ETag deletes nothing that is there.</summary>
    private protected virtual bool RefusesFirstWriteDelete => false;

    /// <summary>False for stores that do not tell when an entry expires.</summary>
    private protected virtual bool ReportsExpiry => true;

    /// <summary>True for stores where a save without a TTL keeps the one before.</summary>
    private protected virtual bool KeepsTtl => false;

    /// <summary>True for the form of this store's ETags.</summary>
    private protected virtual bool IsETag(string etag) => Guid.TryParse(etag, out _);

    /// <summary>True when it takes this whole number, which lies outside the limits that Dapr's SQL stores share.</summary>
    private protected virtual bool TakesTtl(string ttl) => false;

    /// <summary>False for stores that do not look at the words of the options.</summary>
    private protected virtual bool ChecksOptions => true;

    /// <summary>False for stores that look at them on save only.</summary>
    private protected virtual bool ChecksOptionsOfDelete => ChecksOptions;

    /// <summary>Characters of a text that are not too many.</summary>
    private protected virtual int LargeText => 1 << 20;

    /// <summary>Most operations of one transaction; null means no limit.</summary>
    private protected virtual int? MaxTransactionOperations => null;
}
