using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>One version of a secret, a key or a certificate.</summary>
internal abstract class VaultVersion(string name, string version, VaultAttributes attributes)
{
    public string Name => name;

    public string Version => version;

    public VaultAttributes Attributes => attributes;

    public JsonObject? Tags { get; set; }

    /// <summary>True when it belongs to a certificate.</summary>
    public bool IsManaged { get; init; }

    public static string NewVersion() => Guid.NewGuid().ToString("N");

    /// <summary>Takes the attributes and tags of a request's body.</summary>
    public void Apply(JsonObject body)
    {
        attributes.Apply(body["attributes"]);
        Tags = body["tags"] is JsonObject tags ? tags.DeepClone().AsObject() : Tags;
    }
}
