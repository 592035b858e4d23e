using System.Globalization;
using System.Text;

namespace Serverless.Components.Clients.Smtp;

/// <summary>Writes a message as it travels.</summary>
/// <remarks>
/// RFC 5322, RFC 2045 and RFC 2047. The body is base64, so no line of it is too long, begins with a dot or ends the message; whatever of a
/// header isn't plain ASCII is an encoded word.
/// </remarks>
internal static class SmtpMessageText
{
    private const string LineEnd = "\r\n";
    private const int LongestPlain = 70;

    // With its frame an encoded word may have 75 characters.
    private const int LongestWordBytes = 45;

    /// <summary>The text with its headers, up to and without the line that ends it.</summary>
    public static string Write(SmtpMessage message, DateTimeOffset now, Guid id)
    {
        var text = new StringBuilder();
        Header(text, "MIME-Version", "1.0");
        Header(text, "Date", now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header(text, "Message-ID", $"<{id:N}@{message.From.Mailbox[(message.From.Mailbox.IndexOf('@', StringComparison.Ordinal) + 1)..]}>");
        Header(text, "From", Address(message.From));
        Header(text, "To", Addresses(message.To));
        if (message.Cc.Count > 0)
        {
            Header(text, "Cc", Addresses(message.Cc));
        }

        Header(text, "Subject", Encode(message.Subject));
        Header(text, "X-Priority", message.Priority.ToString(CultureInfo.InvariantCulture));
        Header(text, "Content-Type", "text/html; charset=UTF-8");
        Header(text, "Content-Transfer-Encoding", "base64");
        text.Append(LineEnd).Append(Convert.ToBase64String(message.Html.Span, Base64FormattingOptions.InsertLineBreaks)).Append(LineEnd);
        return text.ToString();
    }

    private static void Header(StringBuilder text, string name, string value) => text.Append(name).Append(": ").Append(value).Append(LineEnd);

    private static string Addresses(IReadOnlyList<SmtpAddress> addresses) => string.Join($",{LineEnd} ", addresses.Select(Address));

    private static string Address(SmtpAddress address) => address.Owner.Length == 0 ? address.Mailbox
        : IsPlain(address.Owner) ? $"\"{address.Owner.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\" <{address.Mailbox}>"
        : $"{Encode(address.Owner)} <{address.Mailbox}>";

    private static bool IsPlain(string value) =>
        value.Length <= LongestPlain && value.All(character => character is >= ' ' and <= '~') && !value.Contains("=?", StringComparison.Ordinal);

    private static string Encode(string value)
    {
        if (IsPlain(value))
        {
            return value;
        }

        var words = new List<string>();
        var word = new List<byte>(LongestWordBytes);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            if (word.Count + length > LongestWordBytes)
            {
                words.Add(Word(word));
                word.Clear();
            }

            word.AddRange(bytes[..length]);
        }

        words.Add(Word(word));
        return string.Join($"{LineEnd} ", words);
    }

    private static string Word(List<byte> bytes) => $"=?UTF-8?B?{Convert.ToBase64String([.. bytes])}?=";
}
