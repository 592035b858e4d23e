namespace Serverless.Components.Clients.Smtp;

/// <summary>A server's reply.</summary>
/// <param name="Code">Three digits.</param>
/// <param name="Lines">The text of each line.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int LongestText = 300;

    /// <summary>Code and text for people.</summary>
    public override string ToString()
    {
        var text = string.Concat(string.Join(' ', Lines).Select(character => char.IsControl(character) ? ' ' : character));
        return $"{Code} {(text.Length > LongestText ? text[..LongestText] : text)}".TrimEnd();
    }
}
