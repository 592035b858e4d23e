namespace Serverless.Components.Clients.Smtp;

/// <summary>A mailbox with the name of its owner.</summary>
/// <param name="Mailbox">As in <c>me@example.com</c>.</param>
/// <param name="Owner">The name; empty for none.</param>
internal sealed record SmtpAddress(string Mailbox, string Owner)
{
    private const int LongestMailbox = 254;
    private const string NotInMailbox = "<>()[],;:\\\" ";

    /// <summary>Reads <c>me@example.com</c> or <c>My Name &lt;me@example.com&gt;</c>; false for anything else, line ends above all.</summary>
    /// <remarks>RFC 5321 section 4.1.2, without quoted local parts and address literals. Not ASCII is not sent (RFC 6531).</remarks>
    public static bool TryParse(string text, out SmtpAddress address)
    {
        text = text.Trim(' ');
        var (mailbox, owner) = (text, "");
        if (text.EndsWith('>') && text.LastIndexOf('<') is var begin and >= 0)
        {
            (mailbox, owner) = (text[(begin + 1)..^1], Unquote(text[..begin].Trim(' ')));
        }

        address = new SmtpAddress(mailbox, owner);
        return IsMailbox(mailbox) && !owner.Any(char.IsControl);
    }

    private static bool IsMailbox(string text)
    {
        var at = text.LastIndexOf('@');
        return at > 0 && at < text.Length - 1 && text.IndexOf('@', StringComparison.Ordinal) == at && text.Length <= LongestMailbox
            && text.All(character => character is > ' ' and <= '~' && !NotInMailbox.Contains(character, StringComparison.Ordinal));
    }

    private static string Unquote(string owner) => owner is ['"', .., '"']
        ? owner[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
        : owner;
}
