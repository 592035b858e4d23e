using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>Reads a listing of blobs.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/list-blobs, "Response body".</remarks>
internal sealed class BlobListing
{
    // The emulator writes characters that XML has no place for.
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CheckCharacters = false,
    };

    private readonly XmlReader _reader;
    private readonly List<BlobItem> _items = [];
    private readonly List<string> _prefixes = [];
    private string? _next;

    private BlobListing(XmlReader reader) => _reader = reader;

    /// <summary>Reads a page; false when the text is no whole listing.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> xml, [NotNullWhen(true)] out BlobPage? page)
    {
        page = null;
        try
        {
            using var reader = CreateReader(xml);
            page = new BlobListing(reader).Read();
        }
        catch (XmlException)
        {
            return false;
        }

        return page is not null;
    }

    /// <summary>A reader at the beginning of a listing.</summary>
    public static XmlReader CreateReader(ReadOnlyMemory<byte> xml)
    {
        var bytes = MemoryMarshal.TryGetArray(xml, out var segment) ? segment : xml.ToArray();
        return XmlReader.Create(new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count), Settings);
    }

    private BlobPage? Read()
    {
        if (_reader.MoveToContent() != XmlNodeType.Element || _reader.Name != "EnumerationResults")
        {
            return null;
        }

        ReadChildren(name =>
        {
            switch (name)
            {
                case "Blobs":
                    ReadChildren(ReadEntry);
                    break;
                case "NextMarker":
                    _next = ReadText() is { Length: > 0 } marker ? marker : null;
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        });
        return new BlobPage(_items, _prefixes, _next);
    }

    private void ReadEntry(string kind)
    {
        string? name = null;
        var properties = new BlobProperties("");
        ReadChildren(child =>
        {
            switch (child)
            {
                case "Name":
                    name = ReadName();
                    break;
                case "Properties":
                    properties = ReadProperties(properties);
                    break;
                case "Metadata":
                    properties = properties with { Metadata = ReadMetadata() };
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        });
        if (name is null)
        {
            throw new XmlException("an entry has no name");
        }

        if (kind == "Blob")
        {
            _items.Add(new BlobItem(name, properties));
        }
        else if (kind == "BlobPrefix")
        {
            _prefixes.Add(name);
        }
    }

    // Names that XML can't hold are told percent-encoded.
    private string ReadName()
    {
        var isEncoded = _reader.GetAttribute("Encoded") == "true";
        var text = ReadText();
        return isEncoded ? Uri.UnescapeDataString(text) : text;
    }

    private BlobProperties ReadProperties(BlobProperties properties)
    {
        ReadChildren(name =>
        {
            var text = ReadText();
            properties = name switch
            {
                "Etag" => properties with { ETag = text.StartsWith('"') ? text : $"\"{text}\"" },
                "Last-Modified" => properties with { LastModified = BlobAnswer.ReadTime(text) },
                "Content-Length" => properties with { Length = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : 0 },
                "LeaseState" => properties with { LeaseState = text },
                _ => properties with { Headers = With(properties.Headers, name, text) },
            };
        });
        return properties;
    }

    private static BlobHeaders With(BlobHeaders headers, string name, string text) => (name, text) switch
    {
        (_, "") => headers,
        ("Content-Type", _) => headers with { ContentType = text },
        ("Content-MD5", _) => headers with { ContentMd5 = text },
        ("Content-Encoding", _) => headers with { ContentEncoding = text },
        ("Content-Language", _) => headers with { ContentLanguage = text },
        ("Content-Disposition", _) => headers with { ContentDisposition = text },
        ("Cache-Control", _) => headers with { CacheControl = text },
        _ => headers,
    };

    private Dictionary<string, string> ReadMetadata()
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        ReadChildren(name => metadata[name] = ReadText());
        return metadata;
    }

    /// <summary>Calls <paramref name="read"/>, which reads the whole child, for each child of the element the reader is at.</summary>
    private void ReadChildren(Action<string> read)
    {
        if (_reader.IsEmptyElement)
        {
            _reader.Read();
            return;
        }

        _reader.ReadStartElement();
        while (_reader.MoveToContent() == XmlNodeType.Element)
        {
            read(_reader.Name);
        }

        _reader.ReadEndElement();
    }

    private string ReadText()
    {
        if (_reader.IsEmptyElement)
        {
            _reader.Read();
            return "";
        }

        return _reader.ReadElementContentAsString();
    }
}
