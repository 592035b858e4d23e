using Serverless.Functions.Hosting.Flags;

namespace Serverless.Functions.Triggers.Generation;

/// <summary>The flags of <c>generate</c>.</summary>
internal static class GenerateFlags
{
    public static readonly Flag Output = new("output", FlagKind.Text, "The publish output.");

    private static readonly (Flag Flag, string Help)[] All =
    [
        (Output, "The publish output: host.json and the function folders. Required."),
        (ResourceFlags.ResourcesPath, "Directory with component files; may be given more than once. Default: components in the publish output."),
        (AppFlags.Id, "Leaves out components that are scoped to other apps. Default: none is left out."),
        (CommandFlags.Help, "Print this text and end."),
    ];

    public static Flag? Find(string name) => Array.Find(All, entry => entry.Flag.Name == name).Flag;

    public static string Text() => $"""
        generate: writes the triggered functions of the packaged input bindings and of workflows, and what they need in host.json, into a publish output.
        Every publish runs it. It prints the functions with the app settings that they need.

        {string.Concat(All.Select(static entry => $"  {entry.Flag.Spelling}\n      {entry.Help}\n"))}
        """;
}
