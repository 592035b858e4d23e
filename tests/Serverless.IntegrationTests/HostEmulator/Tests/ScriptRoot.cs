using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator.Tests;

/// <summary>A small script root whose handler is a few lines of JavaScript.</summary>
internal sealed class ScriptRoot : IDisposable
{
    private readonly TempFolder _folder = new();

    public ScriptRoot(string handlerScript = "")
    {
        _folder.Write("handler.js", Prelude + handlerScript);
        WriteHost(new JsonObject
        {
            ["version"] = "2.0",
            ["extensions"] = new JsonObject { ["http"] = new JsonObject { ["routePrefix"] = "" } },
            ["customHandler"] = new JsonObject
            {
                ["description"] = new JsonObject { ["defaultExecutablePath"] = "node", ["arguments"] = new JsonArray("handler.js") },
                ["enableProxyingHttpRequest"] = true,
                ["enableForwardingHttpRequest"] = true,
            },
        });
    }

    /// <summary>Answers every request with what arrived; <c>/v1.0/exit/N</c> ends the process with N, <c>/v1.0/status/N</c> answers N; <c>/v1.0/stream</c> is held open until <c>/v1.0/release</c>.</summary>
    private const string Prelude = """
        const http = require('http');
        let held;
        const server = http.createServer((request, response) => {
          const chunks = [];
          request.on('data', chunk => chunks.push(chunk));
          request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
        });
        function answer(request, response, body) {
          const exit = request.url.match(/^\/v1\.0\/exit\/(\d+)/);
          if (exit) { process.exit(Number(exit[1])); }
          if (request.url === '/v1.0/stream') { response.write('first'); held = response; return; }
          if (request.url === '/v1.0/release') { held.end('last'); }
          const status = request.url.match(/^\/v1\.0\/status\/(\d+)/);
          const special = typeof triggers === 'object' ? triggers[request.url] : undefined;
          if (special) { response.writeHead(special[0], special[2] ? { 'content-type': special[2] } : {}); response.end(special[1]); return; }
          response.writeHead(status ? Number(status[1]) : 200, { 'content-type': 'application/json', 'ETag': 'e 1' });
          response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body, env: process.env, cwd: process.cwd() }));
        }
        server.listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');

        """;

    public string Root => _folder.Root;

    public ScriptRoot WithHttp(string name, string route, params string[] methods)
    {
        var trigger = new JsonObject
        {
            ["type"] = "httpTrigger", ["direction"] = "in", ["name"] = "req", ["authLevel"] = "anonymous", ["route"] = route,
        };
        if (methods.Length > 0)
        {
            trigger["methods"] = new JsonArray([.. methods.Select(method => JsonValue.Create(method))]);
        }

        return WithFunction(name, trigger, new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = "res" });
    }

    public ScriptRoot WithQueue(string name) => WithFunction(
        name,
        new JsonObject { ["type"] = "queueTrigger", ["direction"] = "in", ["name"] = "item", ["queueName"] = "q" });

    public ScriptRoot WithFunction(string name, params JsonObject[] bindings)
    {
        _folder.Write(Path.Combine(name, "function.json"), new JsonObject { ["bindings"] = new JsonArray([.. bindings]) }.ToJsonString());
        return this;
    }

    public ScriptRoot WithFile(string path, string text)
    {
        _folder.Write(path, text);
        return this;
    }

    public void WriteHost(JsonObject host) => _folder.Write("host.json", host.ToJsonString());

    public async Task<FunctionsHost> StartAsync(bool isForwardOnly, CancellationToken cancellationToken, params (string Name, string Value)[] appSettings) =>
        await FunctionsHost.StartAsync(
            new HostSettings
            {
                ScriptRoot = Root,
                IsForwardOnly = isForwardOnly,
                AppSettings = appSettings.ToDictionary(setting => setting.Name, setting => setting.Value),
            },
            cancellationToken);

    public void Dispose() => _folder.Dispose();
}
