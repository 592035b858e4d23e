using Serverless.Components.Registry.Live;

namespace Serverless.Functions.Hosting;

/// <summary>What a user wants to know once the process serves.</summary>
internal static class StartupSummary
{
    /// <summary>Lines for people.</summary>
    public static string Text(RuntimeOptions options, IEnumerable<string> addresses, LiveView view) =>
        $"""

        Serverless Dapr {BuildVersion.Current.Version} ({BuildVersion.Current.Commit}), app id '{options.AppId}'
          listening   {string.Join(", ", addresses.Select(Readable))}
          components  {Components(view)}
          data        {options.DataDirectory}

        """;

    /// <summary>One line for logs.</summary>
    public static string Line(RuntimeOptions options, IEnumerable<string> addresses, LiveView view) =>
        $"serving on {string.Join(", ", addresses)}; components: {Components(view)}; data: {options.DataDirectory}";

    private static string Components(LiveView view)
    {
        var names = string.Join(", ", view.Components.Select(Describe));
        return names.Length > 0 ? names : "none";
    }

    private static string Describe(LiveComponent live)
    {
        var version = live.Definition.Version is { Length: > 0 } given ? given : "v1";
        return $"{live.Definition.Key.Name} ({live.Definition.Type}/{version}){(live.Instance is null ? " FAILED" : "")}";
    }

    // An address that can be clicked.
    private static string Readable(string address) =>
        address.Replace("//[::]:", "//localhost:", StringComparison.Ordinal).Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal);
}
