namespace Serverless.Functions.Hosting.Flags;

/// <summary>What a flag's value looks like.</summary>
internal enum FlagKind
{
    /// <summary>Any text, also an empty one.</summary>
    Text,

    /// <summary>One of the flag's words.</summary>
    Word,

    /// <summary>True or false; alone it means true, and a value only follows after <c>=</c>.</summary>
    Switch,

    /// <summary>A switch that makes the process do one thing and end; it has no environment variable.</summary>
    Command,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A TCP port; empty means none.</summary>
    Port,

    /// <summary>A Go duration, or whole seconds.</summary>
    Duration,

    /// <summary>A Kubernetes quantity of bytes.</summary>
    Bytes,

    /// <summary>A text that may be given more than once.</summary>
    List,
}
