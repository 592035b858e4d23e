using System.Globalization;
using Azure.Core;

namespace Serverless.Components.Clients.AzureDurableFunctions;

/// <summary>Fills the requests of the management API.</summary>
/// <remarks>
/// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api. The extension decodes the whole path before it looks
/// for its parts, so that no name in it can hold a slash.
/// </remarks>
internal sealed class DurableFunctionsRequests
{
    private const string Json = "application/json";
    private readonly string _root;
    private readonly string _everyQuery;

    public DurableFunctionsRequests(DurableFunctionsOptions options)
    {
        _root = options.BaseAddress.GetLeftPart(UriPartial.Path).TrimEnd('/');
        _everyQuery = string.Concat(Parameter("taskHub", options.TaskHub), Parameter("connection", options.Connection), Parameter("code", options.Code));
    }

    /// <summary>Whether a text can be part of a path here.</summary>
    public static bool IsPart(string text) => text is not ("" or "." or "..") && !text.AsSpan().ContainsAny('/', '\\');

    public void Start(Request request, string name, string instanceId, ReadOnlyMemory<byte>? input)
    {
        Address(request, $"/orchestrators/{Escape(name)}/{Escape(instanceId)}");
        if (input is { } json)
        {
            request.Headers.SetValue("Content-Type", Json);
            request.Content = RequestContent.Create(json);
        }
    }

    public void Get(Request request, string instanceId, bool withInput, bool withHistory) => Address(
        request,
        $"/instances/{Escape(instanceId)}",
        Parameter("showInput", withInput ? "true" : "false"),
        withHistory ? "&showHistory=true&showHistoryOutput=true" : "");

    public void Raise(Request request, string instanceId, string eventName, ReadOnlyMemory<byte> json)
    {
        Address(request, $"/instances/{Escape(instanceId)}/raiseEvent/{Escape(eventName)}");
        request.Headers.SetValue("Content-Type", Json);
        request.Content = RequestContent.Create(json);
    }

    /// <param name="request">The request.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="operation"><c>terminate</c>, <c>suspend</c> or <c>resume</c>.</param>
    public void Control(Request request, string instanceId, string operation) => Address(request, $"/instances/{Escape(instanceId)}/{operation}");

    public void Purge(Request request, string instanceId) => Address(request, $"/instances/{Escape(instanceId)}");

    public void List(Request request, DurableQuery query)
    {
        Address(
            request,
            "/instances",
            Parameter("createdTimeFrom", Text(query.CreatedFrom)),
            Parameter("createdTimeTo", Text(query.CreatedTo)),
            Parameter("runtimeStatus", query.Statuses.Count == 0 ? null : string.Join(',', query.Statuses)),
            Parameter("top", query.PageSize.ToString(CultureInfo.InvariantCulture)),
            Parameter("showInput", "false"));
        if (query.Continuation is { } continuation)
        {
            request.Headers.SetValue(DurablePage.ContinuationHeader, continuation);
        }
    }

    private void Address(Request request, string path, params ReadOnlySpan<string> query)
    {
        var all = string.Concat(string.Concat(query), _everyQuery);
        request.Uri.Reset(new Uri(all.Length == 0 ? $"{_root}{path}" : $"{_root}{path}?{all[1..]}"));
    }

    private static string Parameter(string name, string? value) => value is null ? "" : $"&{name}={Escape(value)}";

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
