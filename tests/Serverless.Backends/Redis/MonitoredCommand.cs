using System.Globalization;
using System.Text;

namespace Serverless.Backends.Redis;

/// <summary>A command as MONITOR shows it.</summary>
/// <param name="Source"><c>127.0.0.1:port</c> of the client, or <c>lua</c> for what a script called.</param>
/// <param name="Arguments">The command's name and its arguments.</param>
public sealed record MonitoredCommand(string Source, IReadOnlyList<string> Arguments)
{
    /// <summary>The command's name in capitals.</summary>
    public string Name => Arguments[0].ToUpperInvariant();

    /// <summary>Reads <c>1700000000.123456 [0 127.0.0.1:1234] "SET" "key" "\x00"</c>.</summary>
    internal static MonitoredCommand Parse(string line)
    {
        var (open, close) = (line.IndexOf('[', StringComparison.Ordinal), line.IndexOf(']', StringComparison.Ordinal));
        var arguments = new List<string>();
        for (var position = line.IndexOf('"', close); position >= 0; position = line.IndexOf('"', position))
        {
            position++;
            arguments.Add(Quoted(line, ref position));
        }

        return new MonitoredCommand(line[(open + 1)..close].Split(' ')[1], arguments);
    }

    /// <summary>Reads up to the closing quote and leaves the position behind it.</summary>
    private static string Quoted(string line, ref int position)
    {
        var bytes = new List<byte>();
        for (; line[position] != '"'; position++)
        {
            if (line[position] != '\\')
            {
                bytes.Add((byte)line[position]);
                continue;
            }

            position++;
            if (line[position] == 'x')
            {
                bytes.Add(byte.Parse(line.AsSpan(position + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                position += 2;
                continue;
            }

            bytes.Add((byte)(line[position] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'a' => '\a', 'b' => '\b', var plain => plain }));
        }

        position++;
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
