using Serverless.Components.Workflows.Instances;

namespace Serverless.Functions.Workflows;

/// <summary>An engine, or why there is none.</summary>
internal readonly record struct EngineLookup
{
    /// <summary>The process takes no workflow calls any more.</summary>
    public static EngineLookup Closed { get; } = new() { IsClosed = true };

    /// <summary>The engine, or null.</summary>
    public IWorkflowEngine? Engine { get; private init; }

    /// <summary>Why there is none, or null.</summary>
    public string? Fault { get; private init; }

    /// <summary>True when the process stops.</summary>
    public bool IsClosed { get; private init; }

    public static EngineLookup Found(IWorkflowEngine engine) => new() { Engine = engine };

    public static EngineLookup Missing(string fault) => new() { Fault = fault };
}
