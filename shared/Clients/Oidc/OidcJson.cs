using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.Oidc;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(AssertionHeader))]
[JsonSerializable(typeof(AssertionClaims))]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class OidcJson : JsonSerializerContext;
