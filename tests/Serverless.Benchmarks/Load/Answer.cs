namespace Serverless.Benchmarks.Load;

/// <summary>One answer, to make sure that both sides of a comparison answer what they should.</summary>
internal static class Answer
{
    /// <summary>Status, headers but the date, and body of a GET, or of a POST when there is a body.</summary>
    public static async Task<string> OfAsync(string url, string? body = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(10) };
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(url));
        request.Content = body is null ? null : new StringContent(body);
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {string.Join(',', header.Value)}")
            .Order(StringComparer.Ordinal);
        return $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n\n{await response.Content.ReadAsStringAsync()}";
    }
}
