using System.Text.Json.Serialization;

namespace Serverless.Components.Sources.AzureBlobs;

/// <summary>The form of <see cref="BlobCopyFile"/>.</summary>
[JsonSerializable(typeof(BlobCopy[]))]
internal sealed partial class BlobCopyJson : JsonSerializerContext;
