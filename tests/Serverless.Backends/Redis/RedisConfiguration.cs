using Serverless.Backends.Processes;

namespace Serverless.Backends.Redis;

/// <summary>The redis.conf of a server.</summary>
internal static class RedisConfiguration
{
    /// <summary>The user that <see cref="RedisServer.Cli"/> logs in as when there is an ACL file, whatever a test does to the default one.</summary>
    public static readonly RedisUser Witness = new("witness", "witness");

    public static IEnumerable<string> Lines(RedisServerSettings settings, int port, int? tlsPort, TempFolder folder)
    {
        List<string> lines =
        [
            $"port {port}",
            "bind 127.0.0.1",
            $"dir {folder.Root}",
            "daemonize no",
            "logfile \"\"",
        ];
        if (!settings.IsSentinel)
        {
            lines.AddRange(
            [
                "save \"\"",
                "appendonly " + (settings.IsDurable ? "yes" : "no"),
                "appendfsync always",
                "enable-debug-command local",
                "shutdown-timeout 1",
                "repl-diskless-sync-delay 0",
                "repl-ping-replica-period 1",
            ]);
        }

        lines.AddRange([.. Access(settings, folder), .. Tls(settings, tlsPort, folder), .. Roles(settings), .. settings.Lines]);
        return lines;
    }

    private static IEnumerable<string> Access(RedisServerSettings settings, TempFolder folder)
    {
        if (settings.Users.Count > 0)
        {
            IEnumerable<string> users =
            [
                "user default on allkeys allchannels +@all " + (settings.Password is null ? "nopass" : ">" + settings.Password),
                .. settings.Users.Prepend(Witness).Select(user => $"user {user.Name} on >{user.Password} {user.Permissions}"),
            ];
            yield return $"aclfile {folder.Write("users.acl", string.Join('\n', users) + "\n")}";
        }
        else if (settings.Password is not null)
        {
            yield return $"requirepass {settings.Password}";
        }

        if (settings.Password is not null && !settings.IsSentinel)
        {
            yield return $"masterauth {settings.Password}";
        }
    }

    private static IEnumerable<string> Tls(RedisServerSettings settings, int? tlsPort, TempFolder folder)
    {
        if (settings.Certificates is { } certificates)
        {
            yield return $"tls-port {tlsPort}";
            yield return $"tls-ca-cert-file {folder.Write("ca.pem", certificates.AuthorityPem)}";
            yield return $"tls-cert-file {folder.Write("server.pem", certificates.ServerPem)}";
            yield return $"tls-key-file {folder.Write("server.key", certificates.ServerKeyPem)}";
            yield return "tls-auth-clients yes";
        }
    }

    private static IEnumerable<string> Roles(RedisServerSettings settings)
    {
        if (settings.PrimaryPort is { } primary)
        {
            yield return $"replicaof 127.0.0.1 {primary}";
        }

        if (settings.IsClusterNode)
        {
            yield return "cluster-enabled yes";
            yield return $"cluster-port {FreePort.Lasting()}";
        }
    }
}
