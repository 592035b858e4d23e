using System.Text.Json.Nodes;

namespace Serverless.Backends.Kubernetes;

/// <summary>The <c>Status</c> objects with which an API server refuses.</summary>
internal static class KubernetesStatus
{
    public static JsonObject Unauthorized => Create(401, "Unauthorized", "Unauthorized");

    public static JsonObject Expired => Create(
        410, "Expired", "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.");

    public static JsonObject InternalError => Create(500, "InternalError", "Internal error occurred: etcdserver: request timed out");

    public static JsonObject UnknownPath => Create(404, "NotFound", "the server could not find the requested resource");

    public static JsonObject MissingSecret(string name) => Create(404, "NotFound", $"secrets \"{name}\" not found", name);

    public static JsonObject Forbidden(string user, string verb, string @namespace, string? name)
    {
        var subject = name is null ? "secrets" : $"secrets \"{name}\"";
        return Create(
            403, "Forbidden", $"{subject} is forbidden: User \"{user}\" cannot {verb} resource \"secrets\" in API group \"\" in the namespace \"{@namespace}\"", name);
    }

    private static JsonObject Create(int code, string reason, string message, string? name = null)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
        };
        if (name is not null)
        {
            status["details"] = new JsonObject { ["name"] = name, ["kind"] = "secrets" };
        }

        status["code"] = code;
        return status;
    }
}
