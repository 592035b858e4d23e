using System.Text.Json.Serialization;
using Serverless.Components.Clients.AzureKeyVault.Certificates;
using Serverless.Components.Clients.AzureKeyVault.Keys;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>The JSON of keys and certificates; unknown members are skipped, members that are null are not written.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyVaultKey))]
[JsonSerializable(typeof(KeyVaultPage<KeyItem>))]
[JsonSerializable(typeof(KeyCreation))]
[JsonSerializable(typeof(KeySignRequest))]
[JsonSerializable(typeof(KeyVerifyRequest))]
[JsonSerializable(typeof(KeySignature))]
[JsonSerializable(typeof(KeyVerification))]
[JsonSerializable(typeof(CertificateBundle))]
[JsonSerializable(typeof(KeyVaultPage<CertificateItem>))]
[JsonSerializable(typeof(CertificateOperation))]
[JsonSerializable(typeof(CertificateCancellation))]
[JsonSerializable(typeof(CertificateCreation))]
[JsonSerializable(typeof(CertificateImport))]
[JsonSerializable(typeof(CertificateMerge))]
[JsonSerializable(typeof(CertificatePolicy))]
[JsonSerializable(typeof(CertificateUpdate))]
[JsonSerializable(typeof(DeletedCertificate))]
internal sealed partial class KeyVaultJson : JsonSerializerContext;
