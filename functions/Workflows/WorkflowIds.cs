using System.Buffers;
using System.Text;

namespace Serverless.Functions.Workflows;

/// <summary>Which ids a caller may give.</summary>
/// <remarks>Dapr: the length is checked before the characters, and counts bytes.</remarks>
internal static class WorkflowIds
{
    public const int MostBytes = 64;

    private static readonly SearchValues<char> AppIdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool IsTooLong(string id) => Encoding.UTF8.GetByteCount(id) > MostBytes;

    public static bool IsInstanceId(string id)
    {
        foreach (var rune in id.EnumerateRunes())
        {
            // Go: unicode.IsLetter, unicode.IsDigit.
            if (rune.Value is not ('_' or '-') && !Rune.IsLetter(rune) && !Rune.IsDigit(rune))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsAppId(string id) => !id.AsSpan().ContainsAnyExcept(AppIdCharacters);
}
