using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.Kubernetes;

[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(SecretAnswer))]
[JsonSerializable(typeof(SecretListAnswer))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
