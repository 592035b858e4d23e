using Serverless.Components.Registry.Live;

namespace Serverless.Functions.Hosting;

/// <summary>What a user wants to know once the process serves.</summary>
internal static class StartupSummary
{
    /// <summary>Lines for people.</summary>
    public static string Text(RuntimeOptions options, IEnumerable<string> addresses, LiveView view)
    {
        var data = Data(view);
        return $"""

            Serverless Dapr {BuildVersion.Current.Version} ({BuildVersion.Current.Commit}), app id '{options.AppId}'
              listening   {string.Join(", ", addresses.Select(Readable))}
              components  {Components(view)}
            {(data.Length > 0 ? $"  data        {data}\n" : "")}
            """;
    }

    /// <summary>One line for logs.</summary>
    public static string Line(IEnumerable<string> addresses, LiveView view)
    {
        var data = Data(view);
        return $"serving on {string.Join(", ", addresses)}; components: {Components(view)}{(data.Length > 0 ? $"; data: {data}" : "")}";
    }

    private static string Components(LiveView view)
    {
        var names = string.Join(", ", view.Components.Select(Describe));
        return names.Length > 0 ? names : "none";
    }

    private static string Data(LiveView view) => string.Join(", ", view.Components
        .Where(live => live.Instance?.Storage is not null)
        .Select(live => $"{live.Definition.Key.Name} in {live.Instance!.Storage}"));

    private static string Describe(LiveComponent live)
    {
        var version = live.Definition.Version is { Length: > 0 } given ? given : "v1";
        return $"{live.Definition.Key.Name} ({live.Definition.Type}/{version}){(live.Instance is null ? " FAILED" : "")}";
    }

    // An address that can be clicked.
    private static string Readable(string address) =>
        address.Replace("//[::]:", "//localhost:", StringComparison.Ordinal).Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal);
}
