using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>A certificate's policy with the service's defaults filled in.</summary>
internal sealed class CertificatePolicy
{
    private const string Pem = "application/x-pem-file";
    private const string Pkcs12 = "application/x-pkcs12";
    private readonly JsonObject _json;
    private readonly VaultAttributes _attributes;

    public CertificatePolicy(JsonNode? given, TimeProvider time)
    {
        _json = given?.DeepClone() as JsonObject ?? [];
        _attributes = new VaultAttributes(time);
        Fill("key_props", new JsonObject { ["exportable"] = true, ["kty"] = "RSA", ["reuse_key"] = false });
        if (Text("key_props", "kty") == "RSA")
        {
            Fill("key_props", new JsonObject { ["key_size"] = 2048 });
        }
        else
        {
            Fill("key_props", new JsonObject { ["crv"] = "P-256" });
        }

        Fill("secret_props", new JsonObject { ["contentType"] = Pkcs12 });
        Fill("x509_props", new JsonObject
        {
            ["subject"] = "",
            ["ekus"] = new JsonArray("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"),
            ["key_usage"] = new JsonArray("digitalSignature", "keyEncipherment"),
            ["validity_months"] = 12,
            ["basic_constraints"] = new JsonObject { ["ca"] = false },
        });
        Fill("issuer", new JsonObject { ["name"] = "Unknown", ["cert_transparency"] = false });
        _json["lifetime_actions"] ??= new JsonArray(new JsonObject
        {
            ["trigger"] = new JsonObject { ["lifetime_percentage"] = 80 },
            ["action"] = new JsonObject { ["action_type"] = IsSelfSigned ? "AutoRenew" : "EmailContacts" },
        });
        if (ContentType is not (Pem or Pkcs12))
        {
            throw VaultRefusalException.BadParameter($"The content type {ContentType} is not supported.");
        }
    }

    public string Issuer => Text("issuer", "name")!;

    public bool IsSelfSigned => Issuer == "Self";

    public string ContentType => Text("secret_props", "contentType")!;

    public bool IsPem => ContentType == Pem;

    public bool IsExportable => _json["key_props"]!["exportable"]!.GetValue<bool>();

    public bool ReusesKey => _json["key_props"]!["reuse_key"]!.GetValue<bool>();

    public VaultKey CreateKey() => VaultKey.Create(Text("key_props", "kty"), Text("key_props", "crv"), _json["key_props"]!["key_size"]?.GetValue<int>());

    /// <summary>The same for a certificate that comes from elsewhere.</summary>
    public CertificatePolicy For(X509Certificate2 leaf, VaultKey key, TimeProvider time)
    {
        var json = ToJson("");
        var properties = json["key_props"]!.AsObject();
        properties["kty"] = key.Kind;
        properties["key_size"] = key.Size;
        properties.Remove("crv");
        if (key.Curve is { } curve)
        {
            properties["crv"] = curve;
        }

        json["x509_props"]!["subject"] = leaf.Subject;
        return new CertificatePolicy(json, time);
    }

    /// <summary>With the parts that <paramref name="changes"/> has.</summary>
    public CertificatePolicy With(JsonObject changes, TimeProvider time)
    {
        var json = ToJson("");
        foreach (var (name, value) in changes)
        {
            json[name] = value?.DeepClone();
        }

        return new CertificatePolicy(json, time);
    }

    /// <summary>The request, which any authority can sign, or the key itself.</summary>
    public CertificateRequest CreateRequest(VaultKey key)
    {
        var x509 = _json["x509_props"]!;
        try
        {
            var request = key.CreateRequest(new X500DistinguishedName(x509["subject"]!.GetValue<string>()));
            var usage = Texts(x509["key_usage"]).Aggregate(X509KeyUsageFlags.None, (flags, name) => flags | Enum.Parse<X509KeyUsageFlags>(name, ignoreCase: true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. Texts(x509["ekus"]).Select(usage => new Oid(usage))], critical: false));
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(x509["basic_constraints"]?["ca"]?.GetValue<bool>() ?? false, false, 0, critical: false));
            AddNames(request, x509["sans"]);
            return request;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or InvalidOperationException)
        {
            throw VaultRefusalException.BadParameter($"The policy's x509_props are not valid: {fault.Message}");
        }
    }

    public X509Certificate2 SignItself(VaultKey key, DateTimeOffset now)
    {
        // Without the key, which is added where it may leave the vault.
        using var withKey = CreateRequest(key).CreateSelfSigned(now.AddMinutes(-10), now.AddMonths(_json["x509_props"]!["validity_months"]!.GetValue<int>()));
        return X509CertificateLoader.LoadCertificate(withKey.RawData);
    }

    public JsonObject ToJson(string id)
    {
        var json = _json.DeepClone().AsObject();
        json["id"] = id;
        var attributes = _attributes.ToJson();
        attributes.Remove("recoveryLevel");
        attributes.Remove("recoverableDays");
        json["attributes"] = attributes;
        return json;
    }

    private static void AddNames(CertificateRequest request, JsonNode? sans)
    {
        var builder = new SubjectAlternativeNameBuilder();
        Texts(sans?["dns_names"]).ForEach(builder.AddDnsName);
        Texts(sans?["emails"]).ForEach(builder.AddEmailAddress);
        Texts(sans?["upns"]).ForEach(builder.AddUserPrincipalName);
        if (Texts(sans?["dns_names"]).Count + Texts(sans?["emails"]).Count + Texts(sans?["upns"]).Count > 0)
        {
            request.CertificateExtensions.Add(builder.Build());
        }
    }

    private static List<string> Texts(JsonNode? array) =>
        [.. (array as JsonArray ?? []).Select(text => Convert.ToString(text, CultureInfo.InvariantCulture) ?? "")];

    private string? Text(string part, string name) => _json[part]?[name]?.ToString();

    private void Fill(string part, JsonObject defaults)
    {
        var target = _json[part] as JsonObject ?? [];
        _json[part] ??= target;
        foreach (var (name, value) in defaults)
        {
            target[name] ??= value?.DeepClone();
        }
    }
}
