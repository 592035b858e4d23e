using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.Cron;

/// <summary>The metadata of <c>bindings.cron</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/cron. What is called lease is ours.</remarks>
internal sealed record CronOptions
{
    private const string NoStore = "none";
    private static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestLease = TimeSpan.FromMinutes(1);

    /// <summary>The schedule.</summary>
    public required CronSchedule Schedule { get; init; }

    /// <summary>Its text.</summary>
    public required string Text { get; init; }

    /// <summary>The state store that decides which instance fires; null for the one of the actors.</summary>
    public string? LeaseStore { get; init; }

    /// <summary>The storage account of the container that decides instead of a state store, or null.</summary>
    public StorageAccount? Account { get; init; }

    /// <summary>That container.</summary>
    public string? LeaseContainer { get; init; }

    /// <summary>How long others wait for an instance that has vanished while it fired.</summary>
    public TimeSpan Lease { get; init; }

    /// <summary>True when every instance fires, as in daprd.</summary>
    public bool FiresEverywhere { get; init; }

    /// <summary>Reads the items.</summary>
    /// <exception cref="ComponentException">The schedule is missing or none, or another item is not usable.</exception>
    public static CronOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var text = binder.Text("schedule") ?? throw new ComponentException($"component '{context.Name}': schedule not set");
        var (container, store) = (binder.Text("leaseContainer"), binder.Text("leaseStore"));
        var account = container is null ? null : AzureStorageSettings.Read(binder, context, StorageService.Blob);
        if (container is not null && BlobNames.ContainerComplaint(container) is { } complaint)
        {
            binder.Fault("leaseContainer", $"a usable name ({complaint})");
        }

        if (container is not null && store is not null)
        {
            binder.Fault("leaseStore", "nothing beside leaseContainer");
        }

        var shortest = TimeSpan.FromSeconds(container is null ? 1 : 15);
        var lease = binder.Duration("leaseDuration") ?? DefaultLease;
        if (lease < shortest || lease > LongestLease || lease.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            binder.Fault("leaseDuration", $"whole seconds from {shortest.TotalSeconds} to {LongestLease.TotalSeconds}");
        }

        binder.ThrowIfFaulty();
        return new CronOptions
        {
            Schedule = Parse(text, context),
            Text = text,
            LeaseStore = store,
            Account = account,
            LeaseContainer = container,
            Lease = lease,
            FiresEverywhere = store == NoStore,
        };
    }

    private static CronSchedule Parse(string text, ComponentContext context)
    {
        try
        {
            return CronSchedule.Parse(text, context.Host.Time.LocalTimeZone);
        }
        catch (FormatException fault)
        {
            throw new ComponentException($"component '{context.Name}': invalid schedule format '{text}': {fault.Message}", fault);
        }
    }
}
