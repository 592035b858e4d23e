namespace Serverless.IntegrationTests.Wire;

/// <summary>Bindings that need no service outside: files in the app's working directory, a schedule, and one that ends before it would call.</summary>
internal static class BindingResources
{
    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        ["files.yaml"] = Resources.Component("files", "bindings.localstorage", ("rootPath", "wire-files")),
        ["yearly.yaml"] = Resources.Component("yearly", "bindings.cron", ("schedule", "@yearly")),
        ["points.yaml"] = Resources.Component("points", "bindings.influx", ("url", "http://127.0.0.1:9"), ("token", "t"), ("org", "o"), ("bucket", "b")),
    };
}
