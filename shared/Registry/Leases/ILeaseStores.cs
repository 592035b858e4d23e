namespace Serverless.Components.Registry.Leases;

/// <summary>Where the components of this process find a place for leases.</summary>
public interface ILeaseStores
{
    /// <summary>The leases that a component keeps. It is looked up with each call, so it may be loaded later or be replaced.</summary>
    /// <param name="component">The component's name.</param>
    ILeaseStore Named(string component);

    /// <summary>The leases of the component that is meant where none is named; null while there is none.</summary>
    ILeaseStore? FindDefault();
}
