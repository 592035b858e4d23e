using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.LocalStorage;

/// <summary><c>bindings.localstorage</c>: files in a folder of this machine.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/localstorage. Request metadata: <c>fileName</c>. Unlike daprd's, a name may
/// not lead above the root and links below it are not followed; an empty folder lists as <c>[]</c>.
/// </remarks>
internal sealed partial class LocalStorageBinding : IOutputBinding
{
    private const string NameKey = "fileName";
    private readonly string _rootPath;
    private readonly ComponentContext _context;
    private readonly CancellationTokenSource _closing = new();
    private LocalStorageFiles? _files;
    private Task _tidying = Task.CompletedTask;

    /// <summary>A binding that looks at its folder when it is initialised.</summary>
    public LocalStorageBinding(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        _rootPath = binder.Required("rootPath");
        binder.ThrowIfFaulty();
        _context = context;
    }

    public IReadOnlyList<string> Capabilities => [];

    public string? Storage => _rootPath;

    public IReadOnlyList<string> Operations { get; } = ["create", "get", "list", "delete"];

    public Task InitializeAsync(CancellationToken cancellationToken)
    {
        var root = LocalStorageRoot.Prepare(_rootPath, _context.Name);
        _files = new LocalStorageFiles(root);

        // Beside the calls, since there may be many files.
        _tidying = Task.Run(() => RemoveLeftovers(root), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var name = request.Text(NameKey);
        var segments = LocalStorageName.Split(name ?? (request.Operation == "create" ? Guid.NewGuid().ToString() : ""));
        if (segments.Count == 0 && request.Operation != "list")
        {
            throw new BindingException($"required metadata not set: {NameKey}");
        }

        // Waiting for the disk holds a thread.
        return await Task.Run(() => Run(request, segments), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _tidying.WaitAsync(CancellationToken.None);
        _closing.Dispose();
    }

    private void RemoveLeftovers(string root)
    {
        try
        {
            LocalStorageLeftovers.Remove(root, _context.Host.Time.GetUtcNow(), _closing.Token);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            LogLeftovers(_context.Logger, _context.Name, fault.Message);
        }
        catch (OperationCanceledException)
        {
            // The next start goes on.
        }
    }

    private BindingResponse? Run(BindingRequest request, List<string> segments)
    {
        try
        {
            switch (request.Operation)
            {
                case "create":
                    _files!.Write(segments, LocalStorageData.Decode(request.Data));
                    return Answer(writer => WriteCreated(writer, Path.Combine([.. segments])));
                case "get":
                    return new BindingResponse { Data = _files!.Read(segments) };
                case "list":
                    var paths = _files!.List(segments);
                    return Answer(writer => WriteList(writer, paths));
                default:
                    return _files!.Delete(segments) ? null : throw new FileNotFoundException();
            }
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            var path = _files!.PathOf(segments);
            throw new BindingException(request.Operation switch
            {
                "get" => $"file not found: {path}",
                "list" => $"error getting stats for path {path}: no such file or directory",
                "delete" => $"error deleting file {path}: no such file or directory",
                _ => $"error creating file {path}: {fault.Message}",
            });
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BindingException($"{Doing(request.Operation)} {_files!.PathOf(segments)}: {HeldPath().Replace(fault.Message, "")}", fault);
        }
    }

    private static string Doing(string operation) => operation switch
    {
        "create" => "error creating file",
        "get" => "error reading file",
        "list" => "error listing files in the directory",
        _ => "error deleting file",
    };

    private static BindingResponse Answer(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        return new BindingResponse { Data = buffer.ToArray() };
    }

    private static void WriteCreated(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString(NameKey, name);
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, List<string> paths)
    {
        writer.WriteStartArray();
        foreach (var path in paths)
        {
            writer.WriteStringValue(path);
        }

        writer.WriteEndArray();
    }

    // The way by which a file is reached says nothing to people.
    [GeneratedRegex(@"/proc/self/fd/[0-9]+/?", RegexOptions.CultureInvariant)]
    private static partial Regex HeldPath();

    [LoggerMessage(LogLevel.Debug, "component '{Component}': unfinished files could not be looked for everywhere: {Fault}")]
    private static partial void LogLeftovers(ILogger logger, string component, string fault);
}
