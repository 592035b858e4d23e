using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Components.Bindings.AzureBlobStorage;

/// <content>The lists.</content>
internal sealed partial class AzureBlobStorageBinding
{
    private const int LargestPage = 5000;

    private async Task<BindingResponse?> ListAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var payload = BlobPayloadJson.Read(request, BlobPayloadJson.Default.BlobListPayload) ?? new(null, null, null, null);
        var most = payload.MaxResults is > 0 and var given ? given : LargestPage;
        var query = new BlobQuery { Prefix = payload.Prefix, PageSize = Math.Min(most, LargestPage), Includes = IncludesOf(payload.Include) };
        var bytes = new ArrayBufferWriter<byte>();
        var (pages, blobs, marker) = (0, 0, payload.Marker ?? "");
        await using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            do
            {
                var xml = await Client.ListXmlAsync(query with { Marker = marker }, cancellationToken) ?? throw Gone();
                (var count, marker) = WritePage(json, xml);
                blobs += count;
                pages++;
            }
            while (marker.Length > 0 && blobs < most);

            json.WriteEndArray();
        }

        return new BindingResponse
        {
            Data = bytes.WrittenMemory,
            Metadata = new Dictionary<string, string>
            {
                ["marker"] = marker,
                ["number"] = blobs.ToString(CultureInfo.InvariantCulture),
                ["pagesTraversed"] = pages.ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    private static (int Count, string Next) WritePage(Utf8JsonWriter json, ReadOnlyMemory<byte> xml)
    {
        try
        {
            return BlobListJson.Write(json, xml);
        }
        catch (XmlException fault)
        {
            throw new BindingException($"error listing blobs: the service's answer can't be read ({fault.Message})", fault);
        }
    }

    private static List<string> IncludesOf(BlobListInclude? include)
    {
        var words = new List<string>();
        void Add(bool? isAsked, string word)
        {
            if (isAsked == true)
            {
                words.Add(word);
            }
        }

        Add(include?.Copy, "copy");
        Add(include?.Deleted, "deleted");
        Add(include?.Metadata, "metadata");
        Add(include?.Snapshots, "snapshots");
        Add(include?.UncommittedBlobs, "uncommittedblobs");
        return words;
    }

    private async Task<List<string>> NamesAsync(string prefix, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        string? marker = null;
        do
        {
            var page = await Client.ListAsync(new BlobQuery { Prefix = prefix, Marker = marker }, cancellationToken) ?? throw Gone();
            names.AddRange(page.Items.Select(item => item.Name));
            marker = page.Next;
        }
        while (marker is not null);

        return names;
    }

    private BindingException Gone() => new($"error listing blobs: there is no container {_settings.Container}");
}
