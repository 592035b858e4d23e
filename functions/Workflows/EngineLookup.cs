using Serverless.Components.Workflows.Instances;

namespace Serverless.Functions.Workflows;

/// <summary>An engine, or why there is none. While it is held the engine is not closed.</summary>
internal readonly record struct EngineLookup : IDisposable
{
    /// <summary>The process takes no workflow calls any more.</summary>
    public static EngineLookup Closed { get; } = new() { IsClosed = true };

    /// <summary>The engine, or null.</summary>
    public IWorkflowEngine? Engine { get; private init; }

    /// <summary>Why there is none, or null.</summary>
    public string? Fault { get; private init; }

    /// <summary>True when the process stops.</summary>
    public bool IsClosed { get; private init; }

    private EngineSlot? Slot { get; init; }

    /// <param name="engine">The engine.</param>
    /// <param name="slot">Where a call has begun that ends with the look-up; null for none.</param>
    public static EngineLookup Found(IWorkflowEngine engine, EngineSlot? slot = null) => new() { Engine = engine, Slot = slot };

    public static EngineLookup Missing(string fault) => new() { Fault = fault };

    public void Dispose() => Slot?.Exit();
}
