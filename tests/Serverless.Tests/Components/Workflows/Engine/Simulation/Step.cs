namespace Serverless.Tests.Components.Workflows.Engine.Simulation;

/// <summary>A piece of a workflow program. Each gives a text; that of a whole is made of those of its parts.</summary>
internal abstract record Step
{
    /// <summary>Calls an activity that fails some times before it answers; the workflow repeats it up to three times.</summary>
    public sealed record Call(string Name, int Failures) : Step;

    /// <summary>Calls an activity that always fails, and goes on.</summary>
    public sealed record Broken(string Name) : Step;

    /// <summary>Waits for a time.</summary>
    public sealed record Sleep(int Seconds) : Step;

    /// <summary>Waits for an event of a name of its own.</summary>
    public sealed record Await(string Event) : Step;

    /// <summary>Sends an event to its own instance and waits for it.</summary>
    public sealed record Echo(string Event) : Step;

    /// <summary>Starts a child and waits for it.</summary>
    public sealed record Child(int Program) : Step;

    /// <summary>One part after the other.</summary>
    public sealed record Sequence(Step[] Parts) : Step
    {
        public override string ToString() => $"[{string.Join("; ", (object[])Parts)}]";
    }

    /// <summary>All parts at once.</summary>
    public sealed record All(Step[] Parts) : Step
    {
        public override string ToString() => $"({string.Join(" & ", (object[])Parts)})";
    }

    /// <summary>The first of its parts; which one depends on the order of things.</summary>
    public sealed record First(Step[] Parts) : Step
    {
        public override string ToString() => $"({string.Join(" | ", (object[])Parts)})";
    }

    /// <summary>Waits for an event for some time; what comes of it depends on the order of things.</summary>
    public sealed record AwaitFor(string Event, int Seconds) : Step;

    /// <summary>Takes what a replay must repeat: GUID, time, status.</summary>
    public sealed record Look : Step;
}
