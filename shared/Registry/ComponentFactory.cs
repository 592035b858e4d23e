namespace Serverless.Components.Registry;

/// <summary>Builds one component from its definition, without I/O.</summary>
/// <exception cref="ComponentException">The metadata is not usable; all faults are reported together.</exception>
public delegate IComponent ComponentFactory(ComponentContext context);
