using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>The making of a certificate: its key is there, its certificate not yet.</summary>
internal sealed class CertificateOperation(string name, CertificatePolicy policy, VaultKey key, JsonObject body)
{
    private readonly string _request = Convert.ToBase64String(policy.CreateRequest(key).CreateSigningRequest());

    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The version that its certificate gets.</summary>
    public string Version { get; } = VaultVersion.NewVersion();

    public CertificatePolicy Policy => policy;

    public VaultKey Key => key;

    /// <summary>The request that began it, with attributes and tags.</summary>
    public JsonObject Body => body;

    public bool IsCancelling { get; set; }

    /// <summary>One of <c>inProgress</c>, <c>completed</c>, <c>cancelled</c>.</summary>
    public string Status { get; set; } = "inProgress";

    public bool IsInProgress => Status == "inProgress";

    public JsonObject ToJson(string vault)
    {
        var json = new JsonObject
        {
            ["id"] = $"{vault}/certificates/{name}/pending",
            ["issuer"] = new JsonObject { ["name"] = policy.Issuer },
            ["csr"] = _request,
            ["cancellation_requested"] = IsCancelling,
            ["status"] = Status,
        };
        if (IsInProgress)
        {
            json["status_details"] = policy.IsSelfSigned
                ? "Pending certificate created. Certificate request is in progress. This may take some time based on the issuer provider. Please check again later."
                : "Pending certificate created. Please Perform Merge to complete the request.";
        }
        else if (Status == "completed")
        {
            json["target"] = $"{vault}/certificates/{name}";
        }

        json["request_id"] = Id;
        return json;
    }
}
