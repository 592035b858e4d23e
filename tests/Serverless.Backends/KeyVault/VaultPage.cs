using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>One page of a list. The next one starts behind a name, so that what is deleted meanwhile shifts nothing.</summary>
internal static class VaultPage
{
    private const int Limit = 25;

    public static JsonObject Of<TItem>(KeyVaultRequest request, IEnumerable<TItem> items, Func<TItem, string> order, Func<TItem, JsonObject> describe)
    {
        var size = ReadSize(request);
        var after = request.Query["$skiptoken"].FirstOrDefault() is { } token ? Encoding.UTF8.GetString(Convert.FromHexString(token)) : null;
        var rest = items
            .OrderBy(order, StringComparer.OrdinalIgnoreCase)
            .Where(item => after is null || StringComparer.OrdinalIgnoreCase.Compare(order(item), after) > 0)
            .Take(size + 1)
            .ToList();
        var page = rest.Take(size).ToList();
        return new JsonObject
        {
            ["value"] = new JsonArray([.. page.Select(describe)]),
            ["nextLink"] = rest.Count > size ? NextLink(request, order(page[^1]), size) : null,
        };
    }

    private static int ReadSize(KeyVaultRequest request)
    {
        var text = request.Query["maxresults"].FirstOrDefault() ?? $"{Limit}";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= Limit
            ? size
            : throw VaultRefusalException.BadParameter($"The value of maxresults must be between 1 and {Limit}.");
    }

    private static string NextLink(KeyVaultRequest request, string after, int size) =>
        $"{request.Vault}/{string.Join('/', request.Segments)}?api-version={request.Query["api-version"]}&$skiptoken={Convert.ToHexString(Encoding.UTF8.GetBytes(after))}&maxresults={size}";
}
