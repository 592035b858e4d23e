using System.Text;

namespace Serverless.Functions.Hosting.Flags;

/// <summary>Prints the flags.</summary>
internal static class HelpText
{
    /// <summary>The text of <c>--help</c>.</summary>
    public static string Create()
    {
        var text = new StringBuilder("""
            Serverless Dapr: the Dapr HTTP API as one process, standalone or behind the Azure Functions host.

            Every flag is also read from the environment variable beside it; the command line wins.
            One dash or two, `--flag value` or `--flag=value`; a switch takes its value only after `=`.
            Flags that may be given more than once are separated by `;` in the environment.

            `generate --output <publish output>` writes the triggered functions of packaged input bindings, and ends; `generate --help` tells more.


            """);
        Section(text, "Commands", CommandFlags.All);
        Section(text, "App", AppFlags.All);
        Section(text, "API", ApiFlags.All);
        Section(text, "Resources", ResourceFlags.All);
        Section(text, "Process", ProcessFlags.All);
        text.Append("Environment only\n");
        foreach (var setting in EnvironmentSetting.All)
        {
            text.Append($"  {setting.Name}\n      {setting.Help}{NotYet(setting.NotYet)}\n");
        }

        text.Append("\nAccepted without effect\n");
        foreach (var flag in FlagTable.All.Where(flag => !flag.HasEffect))
        {
            text.Append($"  {flag.Spelling}: {flag.NoEffect}\n");
        }

        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, IReadOnlyList<Flag> flags)
    {
        text.Append($"{title}\n");
        foreach (var flag in flags.Where(flag => flag.HasEffect))
        {
            text.Append($"  {flag.Spelling}{Value(flag)}{(flag.EnvironmentName.Length > 0 ? $"  [{flag.EnvironmentName}]" : "")}\n");
            text.Append($"      {flag.Help}{(flag.Default.Length > 0 ? $" Default: {flag.Default}." : "")}{NotYet(flag.NotYet)}\n");
        }

        text.Append('\n');
    }

    private static string NotYet(string reason) => reason.Length > 0 ? $" No effect yet: {reason}." : "";

    private static string Value(Flag flag) => flag.Kind switch
    {
        FlagKind.Switch => "[=true|false]",
        FlagKind.Command => "",
        FlagKind.Word => $" {string.Join('|', flag.Words)}",
        FlagKind.List => " value (repeatable)",
        _ => $" {flag.Kind.ToString().ToLowerInvariant()}",
    };
}
