using Serverless.Components.Registry;

namespace Serverless.Components.Secrets.LocalFile;

/// <summary>Settings of <c>secretstores.local.file</c>.</summary>
internal sealed record LocalFileSecretOptions
{
    /// <summary>The JSON file.</summary>
    public required string SecretsFile { get; init; }

    /// <summary>Joins the names of nested members.</summary>
    public string NestedSeparator { get; init; } = ":";

    /// <summary>True when a top-level member is one secret with several keys.</summary>
    public bool MultiValued { get; init; }

    public static LocalFileSecretOptions Bind(ComponentMetadata metadata)
    {
        var binder = metadata.Bind();
        var options = new LocalFileSecretOptions
        {
            SecretsFile = binder.Required("secretsFile"),
            NestedSeparator = binder.Text("nestedSeparator") ?? ":",
            MultiValued = binder.Boolean("multiValued", false),
        };
        binder.ThrowIfFaulty();
        return options;
    }
}
