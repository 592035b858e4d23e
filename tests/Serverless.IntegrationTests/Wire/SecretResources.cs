namespace Serverless.IntegrationTests.Wire;

/// <summary>The secret stores of the targets that have some, and a Configuration with scopes.</summary>
internal static class SecretResources
{
    /// <summary>Variables behind the store <c>env</c>.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["WIRE_A"] = "1",
        ["WIRE_EMPTY"] = "",
        ["WIRE_é"] = "<é>",
        ["OTHER"] = "not of the store",
    };

    /// <summary>Files for a resource directory of that name in the app's working directory.</summary>
    public static Dictionary<string, string> Files(string directory) => new()
    {
        ["secrets.json"] =
            """
            {
              "plain": "value",
              "empty": "",
              "odd": "é€😀 \"q\" \\ / <>&\u2028\u0000\u0001\n\t\u007f",
              "a/b": "slash",
              "with space": "space",
              "bulk": "of this name",
              "nested": { "user": "app", "inner": { "password": "p" }, "list": ["x", "y"] },
              "number": 7
            }
            """,
        ["multi.json"] = """{ "db": { "user": "app", "inner": { "password": "<p>" } }, "single": "s" }""",
        ["file.yaml"] = Resources.Component("file", "secretstores.local.file", ("secretsFile", $"{directory}/secrets.json")),
        ["dotted.yaml"] = Resources.Component("dotted", "secretstores.local.file", ("secretsFile", $"{directory}/secrets.json"), ("nestedSeparator", ".")),
        ["multi.yaml"] = Resources.Component("multi", "secretstores.local.file", ("secretsFile", $"{directory}/multi.json"), ("multiValued", "true")),
        ["env.yaml"] = Resources.Component("env", "secretstores.local.env", ("prefix", "WIRE_")),
        ["allowing.yaml"] = Resources.Component("allowing", "secretstores.local.file", ("secretsFile", $"{directory}/multi.json"), ("multiValued", "true")),
        ["denying.yaml"] = Resources.Component("denying", "secretstores.local.file", ("secretsFile", $"{directory}/multi.json"), ("multiValued", "true")),
        ["scopes.yaml"] =
            """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata:
              name: scopes
            spec:
              secrets:
                scopes:
                - storeName: allowing
                  defaultAccess: deny
                  allowedSecrets: [single]
                - storeName: denying
                  deniedSecrets: [single]
            """,
    };

    /// <summary>A state store called <c>encrypted</c> whose key is a secret.</summary>
    public static string EncryptedStore(string secretStore, string secret, string key) =>
        $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: encrypted
        spec:
          type: state.in-memory
          version: v1
          metadata:
          - name: primaryEncryptionKey
            secretKeyRef:
              name: {secret}
              key: {key}
        auth:
          secretStore: {secretStore}
        """;
}
