using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Serverless.Components.State;

/// <summary>A lease as a state store keeps it.</summary>
/// <param name="Holder">Who has it; null while nobody has.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Token">The token of the latest grant.</param>
/// <param name="Text">What its holders wrote.</param>
/// <param name="ETag">The entry's version; null for one that is not stored.</param>
internal sealed record StateLeaseRecord(Guid? Holder, DateTimeOffset Until, long Token, string Text, string? ETag)
{
    /// <summary>A lease that was never granted.</summary>
    public static StateLeaseRecord None { get; } = new(null, default, 0, "", null);

    /// <summary>Whether somebody has it.</summary>
    public bool IsHeld(DateTimeOffset now) => Holder is not null && now < Until;

    /// <summary>Reads what a store keeps.</summary>
    /// <exception cref="FormatException">It is no lease.</exception>
    public static StateLeaseRecord Read(StateEntry entry)
    {
        try
        {
            using var document = JsonDocument.Parse(entry.Value);
            var root = document.RootElement;
            return new StateLeaseRecord(
                root.GetProperty("holder") is { ValueKind: JsonValueKind.String } holder ? holder.GetGuid() : null,
                DateTimeOffset.ParseExact(root.GetProperty("until").GetString() ?? "", "O", CultureInfo.InvariantCulture),
                root.GetProperty("token").GetInt64(),
                root.GetProperty("text").GetString() ?? "",
                entry.ETag);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("the entry is no lease", exception);
        }
    }

    /// <summary>The JSON text to store.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (Holder is { } holder)
            {
                writer.WriteString("holder", holder);
            }
            else
            {
                writer.WriteNull("holder");
            }

            writer.WriteString("until", Until.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteNumber("token", Token);
            writer.WriteString("text", Text);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
